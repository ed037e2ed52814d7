import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { chooseAddress } from '../../cmd/protium/connection/choose-address.ts';
import { noLogins } from '../../cmd/protium/connection/logins.ts';
import { variables } from '../../internal/config/variables.ts';

const packaging = path.resolve(import.meta.dirname, '../../cmd/manager/packaging');
const noWishes = {
  address: undefined,
  ca: undefined,
  token: undefined,
  cert: undefined,
  certKey: undefined,
  allowInsecure: false,
};
const defaults = new Map<string, string>(
  Object.values(variables).map(({ name, fallback }) => [name, fallback ?? '']),
);

describe('protium.env', () => {
  it('names variables that exist, each with its default', async () => {
    const text = await readFile(path.join(packaging, 'protium.env'), 'utf8');
    const shown = [...text.matchAll(/^#?([A-Z][A-Z0-9_]*)=(.*)$/gm)].map(([, name, value]) => [name, value]);
    expect(shown.length).toBeGreaterThan(5);
    expect(shown).toEqual(shown.map(([name = '']) => [name, defaults.get(name)]));
  });
});

describe('protium.service', () => {
  it('is accepted by systemd', async () => {
    const { stdout, stderr } = await execa('systemd-analyze', ['verify', './protium.service'], {
      cwd: packaging,
    });
    expect({ stdout, stderr }).toEqual({ stdout: '', stderr: '' });
  });

  it('sets only variables that exist', async () => {
    const text = await readFile(path.join(packaging, 'protium.service'), 'utf8');
    const names = [...text.matchAll(/^Environment=((?:PROTIUM|OTEL)_\w+)=/gm)].map(([, name]) => name);
    expect(names).toEqual(['PROTIUM_STATE_DIRECTORY', 'PROTIUM_SOCKET']);
    expect(names.filter((name = '') => !defaults.has(name))).toEqual([]);
  });

  it('has its sockets where the command line looks for them, in a directory that others may enter', async () => {
    const text = await readFile(path.join(packaging, 'protium.service'), 'utf8');
    const [, socket = ''] = /^Environment=PROTIUM_SOCKET=(.*)$/m.exec(text) ?? [];
    const [, directory] = /^RuntimeDirectory=(.*)$/m.exec(text) ?? [];
    const { address } = await chooseAddress(noWishes, noLogins, () => Promise.resolve(true));
    expect(`unix:${socket.replace(/\.sock$/, '-grpc.sock')}`).toBe(address);
    expect(path.dirname(socket)).toBe(`/run/${directory}`);
    expect(text).toMatch(/^RuntimeDirectoryMode=0755$/m);
  });
});

describe('its hardening', () => {
  it('leaves little to an intruder, by what systemd makes of it', async () => {
    const { stdout } = await execa('systemd-analyze', ['security', '--offline=true', './protium.service'], {
      cwd: packaging,
    });
    const [, exposure] = /Overall exposure level for protium\.service: ([\d.]+)/.exec(stdout) ?? [];
    expect(Number(exposure)).toBeLessThanOrEqual(2);
  });

  it('gives no capability but those that the drop-in names', async () => {
    const [service, more] = await Promise.all(
      ['protium.service', 'protium-host.conf'].map((name) => readFile(path.join(packaging, name), 'utf8')),
    );
    expect(service).toMatch(/^User=protium$/m);
    expect(service).toMatch(/^CapabilityBoundingSet=$/m);
    expect(service).toMatch(/^AmbientCapabilities=$/m);
    expect(
      [...(more ?? '').matchAll(/^(?:CapabilityBoundingSet|AmbientCapabilities)=(.*)$/gm)].map(
        ([, given]) => given,
      ),
    ).toEqual(['CAP_NET_ADMIN CAP_NET_BIND_SERVICE', 'CAP_NET_ADMIN CAP_NET_BIND_SERVICE']);
  });
});
