import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import { describe, expect, it, onTestFinished } from 'vitest';
import { isConfigFile } from '../../../cmd/protium/config-file/created-config.ts';
import { readKey, readKeys } from '../../../cmd/protium/config-file/keys.ts';
import { awaitPort } from '../../../cmd/protium/guest/await-port.ts';
import { withKnownHosts } from '../../../cmd/protium/guest/known-hosts-file.ts';
import { parsePlace } from '../../../cmd/protium/guest/place.ts';
import {
  knownHosts,
  remotePlace,
  shellLine,
  sshArguments,
  type SshTarget,
} from '../../../cmd/protium/guest/ssh-options.ts';

const uuid = '00000000-0000-4000-8000-000000000001';
const target: SshTarget = {
  name: 'web',
  uuid,
  address: '192.168.122.2',
  port: 2222,
  user: 'debian',
  identities: ['/home/me/a key'],
};

async function directory(): Promise<string> {
  const made = await mkdtemp(path.join(tmpdir(), 'protium ssh %'));
  onTestFinished(() => rm(made, { recursive: true }));
  return made;
}

describe('ssh', () => {
  it('understands the options as they are meant', async () => {
    const file = path.join(await directory(), 'known hosts');
    await writeFile(file, '');
    const { stdout } = await execa('ssh', ['-G', '-F', 'none', ...sshArguments(target, file, [])]);
    const settings = new Map(
      stdout.split('\n').map((line) => [line.split(' ')[0], line.replace(/^\S+ /, '')]),
    );
    expect(Object.fromEntries(settings)).toMatchObject({
      hostname: '192.168.122.2',
      user: 'debian',
      port: '2222',
      hostkeyalias: uuid,
      stricthostkeychecking: 'true',
      globalknownhostsfile: 'none',
    });
    expect(settings.get('userknownhostsfile')).toContain(file);
    expect(settings.get('identityfile')).toBe('/home/me/a key');
  });

  it('knows the guest by its uuid', () => {
    expect(knownHosts(uuid, ['ssh-ed25519 A', 'ecdsa-sha2-nistp256 B'])).toBe(
      `${uuid} ssh-ed25519 A\n${uuid} ecdsa-sha2-nistp256 B\n`,
    );
  });

  it('takes no user that is an option or more', () => {
    for (const user of ['-oProxyCommand=x', 'a b', '', 'a\nProxyCommand x']) {
      expect(() => sshArguments({ ...target, user }, '/k', [])).toThrow(/no name of a user/);
    }
    expect(
      sshArguments({ ...target, user: undefined, identities: [] }, '/k', ['id']).join(' '),
    ).not.toContain('User=');
  });

  it('is printed as a shell reads it', async () => {
    const words = ['-o', 'UserKnownHostsFile="/a b"', "it's", '$HOME', 'plain'];
    const { stdout } = await execa('sh', ['-c', `printf '%s\\n' ${shellLine(words)}`]);
    expect(stdout.split('\n')).toEqual(words);
  });
});

it('the file of host keys is private, and gone after', async () => {
  const file = await withKnownHosts('x y\n', async (name) => {
    expect(await readFile(name, 'utf8')).toBe('x y\n');
    expect((await stat(name)).mode & 0o777).toBe(0o600);
    return name;
  });
  await expect(stat(path.dirname(file))).rejects.toMatchObject({ code: 'ENOENT' });
});

it.each([
  ['web:/etc/motd', { instance: 'web', file: '/etc/motd' }],
  ['web:', { instance: 'web', file: '' }],
  ['./web:x', { instance: null, file: './web:x' }],
  ['/tmp/a:b', { instance: null, file: '/tmp/a:b' }],
  ['dir/a:b', { instance: null, file: './dir/a:b' }],
  ['file', { instance: null, file: 'file' }],
])('%s is a place', (text, place) => {
  expect(parsePlace(text).instance).toBe(place.instance);
  expect(path.normalize(parsePlace(text).file)).toBe(path.normalize(place.file));
});

it('a place in a guest by IPv6 has brackets', () => {
  expect(remotePlace({ ...target, address: 'fd00::2' }, 'x')).toBe('[fd00::2]:x');
  expect(remotePlace(target, '/a b')).toBe('192.168.122.2:/a b');
});

describe('a port', () => {
  it('is waited for, and IPv4 comes before IPv6', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    server.close();
    const waited = awaitPort('web', ['::1', '127.0.0.1'], port, Date.now() + 60_000);
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    expect(await waited).toBe('127.0.0.1');
  });

  it('that does not open in time is told with where it was looked for', async () => {
    await expect(awaitPort('web', ['127.0.0.1'], 1, Date.now())).rejects.toMatchObject({
      code: 'deadline-exceeded',
      message: 'Nothing answered at port 1 of web (127.0.0.1) in time.',
    });
  });
});

describe('a key', () => {
  it('is a file, else a name', async () => {
    const home = await directory();
    const file = path.join(home, 'me.pub');
    await writeFile(file, '# mine\nssh-ed25519 A me\n\nssh-ed25519 B\n');
    expect(await readKeys([file, 'laptop'])).toEqual({
      publicKeys: ['ssh-ed25519 A me', 'ssh-ed25519 B'],
      names: ['laptop'],
    });
    const secret = path.join(home, 'me');
    await writeFile(secret, '-----BEGIN OPENSSH PRIVATE KEY-----\n');
    await expect(readKeys([secret])).rejects.toThrow(/is a private key.*me\.pub/);
    await expect(readKey(secret)).rejects.toThrow(/is a private key/);
    await expect(readKey(file)).rejects.toThrow(/several keys/);
    await expect(readKey('gone')).rejects.toThrow(/there is no such file/);
    await writeFile(file, '\n');
    await expect(readKeys([file])).rejects.toThrow(/holds no public key/);
    await expect(readKeys(['./gone.pub'])).rejects.toThrow(/there is no such file/);
    await expect(readKeys([home])).rejects.toThrow(/EISDIR/);
  });
});

it.each([
  ['helium.json', true],
  ['a.YML', true],
  ['./web', true],
  ['web', false],
  ['web.example.org', false],
])('%s is a config: %s', (argument, expected) => {
  expect(isConfigFile(argument)).toBe(expected);
});
