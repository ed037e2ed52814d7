import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readRules } from '../../../internal/doctor/gather-forwarding.ts';
import { gatherKvm } from '../../../internal/doctor/gather-kvm.ts';
import { hasProgram } from '../../../internal/host/find-program.ts';
import { gatherEvidence } from '../../../internal/doctor/gather.ts';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'protium-doctor-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

describe('rules of the firewall', () => {
  it.each([
    ['an open host', '-P FORWARD ACCEPT', { policy: 'ACCEPT', docker: false, guestsAccepted: false }],
    [
      'Docker alone',
      '-P FORWARD DROP\n-N DOCKER\n-N DOCKER-USER\n-A FORWARD -j DOCKER-USER',
      { policy: 'DROP', docker: true, guestsAccepted: false },
    ],
    [
      "Docker, and libvirt's own chains",
      '-P FORWARD DROP\n-N DOCKER-USER\n-N LIBVIRT_FWI\n-A FORWARD -j LIBVIRT_FWI',
      { policy: 'DROP', docker: true, guestsAccepted: true },
    ],
    [
      "Docker, and the administrator's rule",
      '-P FORWARD DROP\n-N DOCKER-USER\n-A DOCKER-USER -i virbr+ -j ACCEPT',
      { policy: 'DROP', docker: true, guestsAccepted: true },
    ],
  ])('%s', (_name, rules, expected) => {
    expect(readRules(rules)).toEqual(expected);
  });

  it('says so when there is nothing to read', () => {
    expect(readRules(null).policy).toBeNull();
  });
});

describe('a program', () => {
  it('is there where it may be run from a directory of PATH', async () => {
    await writeFile(path.join(root, 'dhcp_release'), '');
    expect(await hasProgram('dhcp_release', `/nowhere:${root}`)).toBe(false);
    await chmod(path.join(root, 'dhcp_release'), 0o755);
    expect(await hasProgram('dhcp_release', `/nowhere:${root}`)).toBe(true);
    expect(await hasProgram('dhcp_release', '')).toBe(false);
  });
});

describe('KVM', () => {
  it('is told from the device and the flag of the processor', async () => {
    await mkdir(path.join(root, 'proc'));
    await writeFile(path.join(root, 'proc/cpuinfo'), 'processor : 0\nflags\t\t: fpu svm hypervisor\n');
    expect(await gatherKvm(root)).toEqual({ device: 'absent', processorFlag: 'svm', insideVm: true });
    await mkdir(path.join(root, 'dev'));
    await writeFile(path.join(root, 'dev/kvm'), '');
    expect(await gatherKvm(root)).toMatchObject({ device: 'usable' });
  });

  it('knows nothing of a machine without /proc', async () => {
    expect(await gatherKvm(root)).toEqual({ device: 'absent', processorFlag: null, insideVm: false });
  });
});

it('gathers what there is when neither the host nor libvirt can be read', async () => {
  const evidence = await gatherEvidence({
    root,
    libvirtUri: 'qemu:///system',
    view: {
      status: () => ({
        connected: false,
        connectedSince: null,
        ageMs: null,
        lastSyncAt: null,
        lastSyncMs: null,
        lastEventAt: null,
        eventLagMs: { now: 0, maxOfLastMinute: 0 },
        error: 'refused',
        failures: [],
        revision: 0,
      }),
      networks: () => [],
      pools: () => [],
    },
    readHost: () => Promise.reject(new Error('libvirt is away')),
    conditions: () => [],
    storage: { pool: 'protium', directory: '/nowhere' },
    migrationTargets: () => Promise.resolve([]),
    floating: { addresses: null, size: 0, used: 0, problem: null },
    directories: [root, path.join(root, 'absent')],
  });
  expect(evidence).toMatchObject({
    host: null,
    hostError: 'libvirt is away',
    libvirt: { connected: false, error: 'refused' },
    permissions: { unwritable: [path.join(root, 'absent')] },
  });
});
