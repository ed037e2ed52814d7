import { describe, expect, it } from 'vitest';
import { cleaningFailed } from '../../../../internal/images/clean/clean-failure.ts';
import {
  cleanOperations,
  sysprepCommand,
  sysprepEnvironment,
  sysprepProgress,
} from '../../../../internal/images/clean/sysprep-command.ts';

describe('how a disk is cleaned', () => {
  it('ends with the daemon, without a network, the format said and not guessed', () => {
    const { file, args } = sysprepCommand('/state/content');
    expect([file, ...args.slice(0, 3)]).toEqual([
      'setpriv',
      '--pdeathsig=KILL',
      'virt-sysprep',
      '--no-network',
    ]);
    expect(args.slice(-2)).toEqual(['--format=qcow2', '--add=/state/content']);
  });

  it('keeps the accounts of users, and gives the image no machine-id of its own', () => {
    expect(cleanOperations).not.toContain('user-account');
    expect(cleanOperations).toEqual(expect.arrayContaining(['machine-id', 'ssh-hostkeys', 'bash-history']));
    const { args } = sysprepCommand('/x');
    // `customize` sets one after `machine-id` has removed it.
    expect(args[args.indexOf('--write') + 1]).toBe('/etc/machine-id:');
  });

  it('writes below the directories that it is given', () => {
    expect(sysprepEnvironment({ temporary: '/t', appliance: '/a' })).toEqual({
      LC_ALL: 'C',
      LIBGUESTFS_BACKEND: 'direct',
      LIBGUESTFS_CACHEDIR: '/a',
      LIBGUESTFS_TMPDIR: '/t',
      TMPDIR: '/t',
    });
  });
});

describe('its progress', () => {
  it.each([
    ['[   0.0] Examining the guest ...', { fraction: 0, message: 'Examining the guest' }],
    [
      '[  32.2] Performing "abrt-data" ...',
      { fraction: 1 / (cleanOperations.length + 1), message: 'Performing "abrt-data"' },
    ],
    ['virt-sysprep: warning: random seed could not be set', null],
    ['', null],
  ])('%s', (line, expected) => expect(sysprepProgress(line)).toEqual(expected));
});

describe('why it failed', () => {
  it.each([
    [
      'virt-sysprep: error: no operating systems were found in the guest image\n',
      'unsupported',
      'no operating system is found',
    ],
    [
      'libguestfs: trace\nvirt-sysprep: error: libguestfs error: supermin exited with error status 1.\nmore\nlast line',
      'host-incapable',
      'supermin exited',
    ],
    ['', 'host-incapable', 'libguestfs-test-tool'],
  ])('%j', (stderr, code, said) => {
    const error = cleaningFailed(stderr, 1);
    expect(error.code).toBe(code);
    expect(error.message).toContain(said);
    expect(error.message).toContain('--as-is');
  });
});
