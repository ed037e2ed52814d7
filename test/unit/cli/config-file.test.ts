import { describe, expect, it } from 'vitest';
import { instanceName } from '../../../cmd/protium/config-file/config-name.ts';
import {
  configOfFlags,
  parseDisk,
  parseMemory,
  parsePci,
  withFlags,
  withPublicKeys,
  withUserData,
} from '../../../cmd/protium/config-file/flags.ts';
import { formatOfConfig, parseConfig } from '../../../cmd/protium/config-file/parse-config.ts';
import { readSpec } from '../../../cmd/protium/apply/read-spec.ts';
import { readCanallocateBody } from '../../../internal/spec/register-body.ts';

describe('a config file', () => {
  it('is the same in every format', () => {
    const config = {
      slots: 2,
      ramsize: 512,
      info: { vm_name: 'web' },
      pci: [{ vendor: '10de', model: '2489', quantity: 1 }],
    };
    const yaml =
      'slots: 2\nramsize: 512\ninfo: {vm_name: web}\npci:\n- {vendor: 10de, model: 2489, quantity: 1}\n';
    const toml =
      'slots = 2\nramsize = 512\ninfo.vm_name = "web"\n[[pci]]\nvendor = "10de"\nmodel = "2489"\nquantity = 1\n';
    expect(parseConfig(JSON.stringify(config), 'json', 'x')).toEqual(config);
    expect(parseConfig(yaml, 'yaml', 'x')).toEqual(config);
    expect(parseConfig(toml, 'toml', 'x')).toEqual(config);
  });

  it.each(['1002', '1e82', '0042', '"1002"', "'1e82'"])('keeps the id %s of a device in YAML', (id) => {
    const config = parseConfig(`pci: [{vendor: ${id}, model: ${id}}]`, 'yaml', 'x');
    const plain = id.replaceAll(/["']/g, '');
    expect(config).toEqual({ pci: [{ vendor: plain, model: plain }] });
  });

  it.each([
    ['json', '{"a": 1,\n "b": x}', 'x:2:7: this is no JSON: Unexpected character'],
    ['json', '{"a": 1,\n}', 'x:2:1: this is no JSON: '],
    ['json', '', 'x:1:1: this is no JSON: '],
    ['yaml', 'a: 1\nb: [1\nc: 2', 'x:3:1: this is no YAML: Flow sequence'],
    ['yaml', 'a: 1\na: 2', 'x:2:1: this is no YAML: Map keys must be unique.'],
    ['yaml', 'a: 1\n---\na: 2', 'x:2:1: this is no YAML: '],
    ['toml', 'a = 1\nb = [1,\n', 'x:3:1: this is no TOML: '],
    ['toml', 'a = 1\na = 2', 'x:2:1: this is no TOML: '],
    ['yaml', '- 1', 'x holds no config: it must be an object with fields.'],
    ['yaml', '', 'x holds no config: it must be an object with fields.'],
    ['json', 'null', 'x holds no config: it must be an object with fields.'],
  ] as const)('that is no %s is refused with the place: %j', (format, text, message) => {
    let error: unknown;
    try {
      parseConfig(text, format, 'x');
    } catch (caught) {
      error = caught;
    }
    expect(error).toMatchObject({ code: 'config-unreadable', exit: 'usage' });
    expect((error as Error).message.slice(0, message.length)).toBe(message);
  });

  it.each([
    ['web.yml', '', 'yaml'],
    ['web.YAML', '', 'yaml'],
    ['web.json', '', 'json'],
    ['web.toml', '', 'toml'],
    ['stdin', ' {', 'json'],
    ['stdin', 'slots: 1', 'yaml'],
    ['web.conf', '{', 'json'],
  ])('of the name %s has a format', (name, text, format) => {
    expect(formatOfConfig(name, text)).toBe(format);
  });

  it('may have the name', () => {
    expect(instanceName('given', { vm_name: 'other' })).toBe('given');
    expect(instanceName(undefined, { info: { vm_name: 'inner' }, vm_name: 'outer' })).toBe('inner');
    expect(instanceName(undefined, { info: 1, vm_name: 'outer' })).toBe('outer');
    expect(() => instanceName(undefined, { info: { vm_name: '' } })).toThrow(/give one/);
    expect(instanceName(undefined, { vm_name: 'web' }, 'a.json')).toBe('web');
    expect(instanceName(undefined, {}, '/tmp/Helium Template.json')).toBe('helium-template');
    expect(() => instanceName(undefined, {}, '/tmp/-.json')).toThrow(/give one/);
  });
});

describe('flags', () => {
  it('are a config that is understood', () => {
    const config = configOfFlags({
      slots: 2,
      memory: 512,
      disk: [parseDisk('10')],
      pci: [parsePci('10DE:2489x2')],
      network: ['lan'],
    });
    expect(readSpec(config).spec).toMatchObject({
      cpu: { slots: 2 },
      memory: { mib: 512 },
      volumes: [{ sizeBytes: 10_000_000_000 }],
      pci: [{ vendor: '10de', model: '2489', quantity: 2 }],
      networks: [{ uid: 'lan' }],
    });
    expect(
      readSpec({ ...configOfFlags({ network: ['none'] }), slots: 1, ramsize: 64 }).spec.networks,
    ).toEqual([]);
    expect(configOfFlags({})).toBeNull();
  });

  it('go beside a file, whatever its shape', () => {
    const file = {
      cpu: { slots: 1 },
      ram: { ramsize: 512 },
      volumes: [{ size_gb: 1 }],
      networks: [{ network_uid: 'lan' }],
      protium: { hugepages: false },
      auth: { username: 'bob', 'ssh-key': 'ssh-ed25519 A' },
      startup: { template: '#cloud-config' },
    };
    const id = 'f'.repeat(32);
    const flags = {
      image: 'debian-12',
      disk: [parseDisk('20GiB')],
      volume: [id, 'pool/old'],
      iso: ['iso/a.iso'],
      network: ['none'],
      user: 'alice',
    };
    const whole = withUserData(withPublicKeys(withFlags(file, flags), ['ssh-ed25519 B']), '#!/bin/sh');
    const answer = readCanallocateBody(whole);
    if (!answer.ok) throw new Error(JSON.stringify(answer.errors));
    expect(answer.spec).toMatchObject({
      cpu: { slots: 1 },
      networks: [],
      guest: {
        username: 'alice',
        sshKeys: ['ssh-ed25519 A', 'ssh-ed25519 B'],
        userData: '#!/bin/sh',
      },
      tuning: { hugepages: false },
    });
    expect(answer.spec.volumes).toMatchObject([
      { sizeBytes: 20 * 2 ** 30, image: 'debian-12' },
      { id: 'ffffffff-ffff-ffff-ffff-ffffffffffff' },
      { name: 'pool/old' },
      { iso: 'iso/a.iso' },
      { sizeBytes: 1e9, image: null },
    ]);
    // Nothing is said: nothing changes.
    expect(withPublicKeys(withFlags(file, {}), [])).toEqual(file);
  });

  it.each([
    ['20', 20e9],
    ['20GB', 20e9],
    ['20G', 20 * 2 ** 30],
    ['1.5gib', 1.5 * 2 ** 30],
    ['512M', 512 * 2 ** 20],
    ['1TB', 1e12],
  ])('%s is a disk', (text, bytes) => {
    expect(parseDisk(text)).toBe(bytes);
  });

  it.each(['', 'G', '-1', '1e3', '2X', '2 G'])('%j is no disk', (text) => {
    expect(() => parseDisk(text)).toThrow();
  });

  it.each([
    ['2048', 2048],
    ['512MiB', 512],
    ['2g', 2048],
    ['2GB', 2048],
  ])('%s is memory', (text, mib) => {
    expect(parseMemory(text)).toBe(mib);
  });

  it.each(['', '-1', '1.5G', '2T', '2 G'])('%j is no memory', (text) => {
    expect(() => parseMemory(text)).toThrow();
  });

  it.each(['10de', '10de:24', '10de:2489x', '10de:2489*2'])('%j is no device', (text) => {
    expect(() => parsePci(text)).toThrow();
  });
});
