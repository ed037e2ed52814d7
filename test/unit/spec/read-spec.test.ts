import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readCanallocateBody, readRegisterBody } from '../../../internal/spec/register-body.ts';
import { readSpec } from '../../../internal/spec/read-spec.ts';
import { atomosDate, requestJson } from '../../../internal/spec/request-json.ts';
import type { Spec } from '../../../internal/spec/spec.ts';
import { specfileOf, withoutSecrets } from '../../../internal/spec/specfile.ts';
import { examples } from '../../examples/elemento/examples.ts';

const smallest = { slots: 2, ramsize: 2048 };

function specOf(config: unknown): Spec {
  const answer = readSpec(config);
  if (!answer.ok) throw new Error(JSON.stringify(answer.errors));
  return answer.spec;
}

function errorsOf(config: unknown): readonly string[] {
  const answer = readSpec(config);
  return answer.ok ? [] : answer.errors.map(({ path, message }) => `${path}: ${message}`);
}

describe('one meaning, many shapes', () => {
  it.each<[string, object]>([
    [
      'flat',
      {
        slots: 4,
        allowSMT: false,
        overprovision: 2,
        archs: ['X86_64'],
        flags: ['avx2'],
        ramsize: 4096,
        min_frequency: 2,
      },
    ],
    [
      'template',
      {
        cpu: {
          slots: 4,
          allowSMT: false,
          overprovision: 2,
          archs: ['X86_64'],
          flags: ['avx2'],
          min_frequency: '2',
        },
        ram: { ramsize: 4096 },
      },
    ],
    [
      'wire',
      {
        'py/object': 'common.lib.x',
        cpu: {
          'py/object': 'y',
          slots: 4,
          fullPhysical: true,
          maxOverprovision: 2,
          arch: ['X86_64'],
          flags: ['avx2'],
          min_frequency: '2',
        },
        mem: { 'py/object': 'z', capacity: 4096, requireECC: 0 },
      },
    ],
    [
      'register',
      {
        slots: 4,
        allowSMT: false,
        overprovision: 2,
        arch: ['X86_64'],
        flags: ['avx2'],
        ramsize: 4096,
        min_frequency: 2,
        netdevs: [],
      },
    ],
    [
      'terminal',
      {
        slots: 4,
        allowSMT: false,
        overprovision: 2,
        archs: ['x86_64'],
        flags: ['avx2'],
        ramsize: 4096,
        minimumCpuFrequency: 2,
        xml: '<x/>',
      },
    ],
    [
      'language model',
      {
        processor_cores: 4,
        allowSMT: false,
        overprovision: 2,
        archs: ['X86_64'],
        instruction_sets: ['avx2'],
        ram_size: 4096,
        min_cpu_frequency: 2,
      },
    ],
    [
      'Spot',
      {
        cpu: {
          slots: 4,
          shared_cores: false,
          overprovision: 2,
          arch: ['X86_64'],
          flags: ['avx2'],
          min_frequency: 2,
        },
        mem: { capacity_mb: 4096 },
      },
    ],
  ])('%s', (_shape, config) => {
    expect(specOf(config)).toMatchObject({
      cpu: {
        slots: 4,
        allowSmt: false,
        overprovision: 2,
        minFrequencyGhz: 2,
        archs: ['X86_64'],
        flags: ['avx2'],
      },
      memory: { mib: 4096, requireEcc: false },
    });
  });

  it('takes defaults, and tells which', () => {
    const spec = specOf(smallest);
    expect(spec.cpu).toMatchObject({ allowSmt: true, overprovision: 4, archs: ['X86_64'] });
    expect(spec.assumed).toContain('overprovision');
    expect(spec.assumed).not.toContain('slots');
  });

  it('reads devices as a list, as a map, and adds up those of one id', () => {
    const devices = [{ vendor: '10de', model: '2489', quantity: 2 }];
    expect(specOf({ ...smallest, pci: [...devices, { vendor: '0x10DE', model: '228B' }] }).pci).toEqual([
      ...devices,
      { vendor: '10de', model: '228b', quantity: 1 },
    ]);
    expect(specOf({ ...smallest, pci: { 'py/object': 'x', devices: { '10de:2489': 2 } } }).pci).toEqual(
      devices,
    );
    expect(specOf({ ...smallest, pcidevs: { devices: {} } }).pci).toEqual([]);
    expect(specOf({ ...smallest, pci: [...devices, ...devices] }).pci[0]?.quantity).toBe(4);
    expect(specOf({ ...smallest, pci: [{ vendor: '10de', model: '2489', quantity: 0 }] }).pci).toEqual([]);
  });

  it('tells networks: the default one, none, or those that are named', () => {
    expect(specOf(smallest).networks).toBeNull();
    expect(specOf({ ...smallest, has_network: true }).networks).toBeNull();
    expect(specOf({ ...smallest, has_network: false }).networks).toEqual([]);
    expect(
      specOf({ ...smallest, has_network: true, networks: [{ network_uid: 'virbr0' }] }).networks,
    ).toEqual([{ uid: 'virbr0', mac: null }]);
    expect(specOf({ ...smallest, networks: [{ kind: 'natted' }] }).networks).toEqual([
      { uid: 'default', mac: null },
    ]);
  });

  it("reads volumes by id and by size, and Spot's disks", () => {
    expect(
      specOf({ ...smallest, volumes: [{ vid: 'F'.repeat(32) }, { size_gb: 2, format: 'raw', priority: 1 }] })
        .volumes,
    ).toMatchObject([
      { id: 'ffffffff-ffff-ffff-ffff-ffffffffffff', sizeBytes: null },
      { id: null, sizeBytes: 2_000_000_000, format: 'raw', priority: 1 },
    ]);
    expect(
      specOf({ ...smallest, storage: { boot: { name: 'root', size_gb: 10 }, data: [{ size_gb: 5 }] } })
        .volumes,
    ).toMatchObject([
      { name: 'root', sizeBytes: 10_000_000_000, priority: 0 },
      { sizeBytes: 5_000_000_000, priority: null },
    ]);
  });

  it('the name: info.vm_name, then vm_name, then that in req', () => {
    expect(specOf({ ...smallest, info: { vm_name: 'a', name: 'Template' }, vm_name: 'b' }).name).toBe('a');
    expect(specOf({ ...smallest, info: { name: 'Template' }, vm_name: 'b' }).name).toBe('b');
    const owner = 'f'.repeat(32);
    expect(
      readRegisterBody({ client_uid: owner, vm_name: 'outer', req: { ...smallest, vm_name: 'inner' } }),
    ).toMatchObject({
      ok: true,
      owner,
      name: 'outer',
    });
  });

  it('req may be JSON in text', () => {
    expect(readCanallocateBody({ req: JSON.stringify(smallest) })).toMatchObject({
      ok: true,
      spec: { memory: { mib: 2048 } },
    });
    expect(readCanallocateBody({ req: '{oops' })).toMatchObject({ ok: false, errors: [{ path: 'req' }] });
  });

  it('keeps what is for the guest apart from all else', () => {
    const config = {
      ...smallest,
      authentication: { username: 'alice', password: 'pa55word', 'ssh-key': 'ssh-ed25519 AAAA' },
    };
    const spec = specOf(config);
    expect(spec.guest).toEqual({
      username: 'alice',
      password: 'pa55word',
      sshKeys: ['ssh-ed25519 AAAA'],
      userData: null,
    });
    expect(
      JSON.stringify([
        withoutSecrets(spec),
        specfileOf(spec),
        requestJson(spec, { name: 'x', creationDate: '' }),
      ]),
    ).not.toMatch(/alice|pa55word|AAAA/);
    expect(specOf({ ...smallest, cloud_init_b64: btoa('#cloud-config\n') }).guest?.userData).toBe(
      '#cloud-config\n',
    );
  });

  it('says what it does not know', () => {
    expect(readSpec({ ...smallest, ramSize: 5, cpu: { cores: 2 } })).toMatchObject({
      ok: true,
      notices: [
        'The field ramSize is not known, and ignored.',
        'The field cpu.cores is not known, and ignored.',
      ],
    });
  });

  it('writes dates as clients can read them', () => {
    expect(atomosDate('2026-11-23T01:02:03.456Z')).toBe('11/23/2026, 01:02:03');
  });
});

describe('what is refused, and how', () => {
  it.each<[string, unknown, readonly (string | RegExp)[]]>([
    ['nothing', null, [/A config is a JSON object/]],
    ['a list', [], [/A config is a JSON object/]],
    ['an empty object', {}, [/slots is missing/, /ramsize is missing/]],
    ['no slots', { ...smallest, slots: 0 }, [/slots: 0 is out of range: an integer from 1 to 256/]],
    ['negative slots', { ...smallest, slots: -3 }, [/slots: -3/]],
    ['a billion slots', { ...smallest, slots: 1e9 }, [/slots: 1000000000 is out of range/]],
    ['half a slot', { ...smallest, slots: 1.5 }, [/slots: This must be an integer/]],
    ['memory in GB', { ...smallest, ramsize: 4 }, [/ramsize is in MiB.*if 4 GB is meant, write 4096/]],
    ['too much memory', { ...smallest, ramsize: 1e12 }, [/ramsize: 1000000000000 is out of range/]],
    ['overprovision', { ...smallest, overprovision: 11 }, [/overprovision: 11/]],
    [
      'a frequency in MHz',
      { ...smallest, min_frequency: 3500 },
      [/min_frequency: This must be a frequency in GHz/],
    ],
    ['an architecture', { ...smallest, archs: ['Z80'] }, [/archs\[0\]: This must be one of/]],
    ['a family', { ...smallest, misc: { os_family: 'beos' } }, [/misc.os_family: /]],
    [
      'a marketing name',
      { ...smallest, pci: [{ vendor: 'NVIDIA', model: 'RTX A4000' }] },
      [/pci\[0\].vendor: .*lspci -nn/, /pci\[0\].model/],
    ],
    [
      'too many devices',
      { ...smallest, pci: [{ vendor: '10de', model: '2489', quantity: 65 }] },
      [/pci\[0\].quantity: 65/],
    ],
    [
      'a map of devices with a wrong id',
      { ...smallest, pci: { devices: { 'x:y': 1 } } },
      [/pci.devices\["x:y"\]/, /pci.devices\["x:y"\]/],
    ],
    [
      'two that disagree',
      { ...smallest, cpu: { slots: 3 } },
      [/cpu.slots: This says something else than slots/],
    ],
    [
      'cores and threads at once',
      { ...smallest, allowSMT: true, cpu: { fullPhysical: true } },
      [/cpu.fullPhysical: This says something else than allowSMT/],
    ],
    ['netdevs', { ...smallest, netdevs: [{}] }, [/netdevs is not supported/]],
    [
      'a volume without id or size',
      { ...smallest, volumes: [{ name: 'x' }] },
      [/volumes\[0\]: This names no volume/],
    ],
    [
      'a volume in GB',
      { ...smallest, volumes: [{ size: 50 }] },
      [/volumes\[0\].size: size is in bytes; for 50 GB write "size_gb": 50/],
    ],
    ['a wrong volume id', { ...smallest, volumes: [{ vid: '../../etc' }] }, [/volumes\[0\].vid/]],
    [
      'a network that is no name',
      { ...smallest, networks: [{ network_uid: 'a b<' }] },
      [/networks\[0\].network_uid/],
    ],
    [
      'a private network of Spot',
      { ...smallest, networks: [{ kind: 'private' }] },
      [/networks\[0\].network_uid/],
    ],
    ['a word of our own that is none', { ...smallest, protium: { hugePages: true } }, [/protium.hugePages/]],
    ['a section that is none', { ...smallest, cpu: 4 }, [/cpu must be an object/]],
    ['a name that XML cannot carry', { ...smallest, vm_name: 'a\u0000b' }, [/vm_name: This has characters/]],
    ['half a character', { ...smallest, vm_name: 'a\ud800' }, [/vm_name: This has characters/]],
    [
      'a password that is no text',
      { ...smallest, auth: { password: 12345 } },
      [/auth.password: This must be text/],
    ],
  ])('%s', (_name, config, expected) => {
    const errors = errorsOf(config);
    expect(errors).toHaveLength(expected.length);
    expected.forEach((pattern, index) => expect(errors[index]).toMatch(pattern));
    expect(errors.join('\n')).not.toContain('12345');
  });

  it('a register without client or name', () => {
    expect(readRegisterBody(smallest)).toMatchObject({
      ok: false,
      errors: [{ path: 'client_uid' }, { path: 'vm_name' }],
    });
  });
});

describe('whatever comes', () => {
  const mutated = fc
    .tuple(fc.constantFrom(...examples), fc.jsonValue(), fc.array(fc.nat(40), { maxLength: 4 }))
    .map(([{ body }, value, way]) => replaceAt(body, way, value));

  it('never throws, and says a path for everything that is wrong', () => {
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), mutated), (body) => {
        for (const answer of [readSpec(body), readRegisterBody(body), readCanallocateBody(body)]) {
          if (answer.ok) {
            expect(Number.isSafeInteger(answer.spec.cpu.slots)).toBe(true);
            expect(answer.spec.memory.mib).toBeGreaterThanOrEqual(64);
            expect(answer.spec.pci.every(({ vendor, model }) => /^[0-9a-f]{8}$/.test(vendor + model))).toBe(
              true,
            );
          } else {
            expect(answer.errors.length).toBeGreaterThan(0);
            expect(answer.errors.every(({ message }) => message.length > 10)).toBe(true);
          }
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('is written as a specfile that means the same', () => {
    fc.assert(
      fc.property(fc.oneof(mutated, anyConfig), (body) => {
        const answer = readSpec(body);
        fc.pre(answer.ok);
        const again = readSpec(JSON.parse(JSON.stringify(specfileOf(answer.spec, { secrets: true }))));
        expect(again).toEqual({ ok: true, spec: answer.spec, notices: [] });
      }),
      { numRuns: 1000 },
    );
  });
});

/** Configs that say much. */
const anyConfig = fc.record(
  {
    slots: fc.integer({ min: 1, max: 256 }),
    ramsize: fc.integer({ min: 64, max: 1 << 24 }),
    overprovision: fc.integer({ min: 1, max: 10 }),
    allowSMT: fc.boolean(),
    archs: fc.uniqueArray(fc.constantFrom('X86_64', 'ARM_8', 'S390X'), { minLength: 1 }),
    flags: fc.uniqueArray(fc.constantFrom('avx2', 'SSE4.1', 'nonsense'), { maxLength: 3 }),
    min_frequency: fc.constantFrom(0, 1.5, 3),
    reqECC: fc.boolean(),
    vm_name: fc.constantFrom('vm', ']]>&"\'<', 'zwölf'),
    misc: fc.record(
      {
        os_family: fc.constantFrom('linux', 'Windows', 'bsd'),
        os_flavour: fc.constantFrom('ubuntu', 'windows11'),
        firmware: fc.constantFrom('bios', 'efi'),
        qemu_agent: fc.boolean(),
        manufacturer: fc.constantFrom('Any', 'GIGABYTE'),
      },
      { requiredKeys: [] },
    ),
    pci: fc.uniqueArray(
      fc.record({
        vendor: fc.constant('10de'),
        model: fc.constantFrom('2489', '228b', '1bb1'),
        quantity: fc.integer({ min: 1, max: 4 }),
      }),
      { selector: ({ model }) => model },
    ),
    networks: fc.array(fc.record({ network_uid: fc.constantFrom('default', 'virbr1') }), { maxLength: 2 }),
    has_network: fc.boolean(),
    volumes: fc.array(
      fc.record({
        size: fc.integer({ min: 1 << 20, max: 1 << 30 }),
        format: fc.constantFrom('raw', 'qcow2'),
      }),
      { maxLength: 2 },
    ),
    autostart: fc.boolean(),
    vm_tags: fc.uniqueArray(fc.constantFrom('a', 'b')),
    protium: fc.record(
      {
        hugepages: fc.boolean(),
        topology: fc.constantFrom('host', 'flat'),
        strictPci: fc.boolean(),
        secureBoot: fc.boolean(),
        tpm: fc.boolean(),
      },
      { requiredKeys: [] },
    ),
    authentication: fc.record(
      { username: fc.constant('alice'), password: fc.constant('x') },
      { requiredKeys: [] },
    ),
    cloudinit: fc.constant('#cloud-config'),
  },
  { requiredKeys: ['slots', 'ramsize'] },
);

/** Puts a value somewhere into JSON; `way` picks a child at each level. */
function replaceAt(body: unknown, way: readonly number[], value: unknown): unknown {
  const [pick, ...rest] = way;
  if (pick === undefined || typeof body !== 'object' || body === null) return value;
  const keys = Object.keys(body);
  const key = keys[pick % Math.max(keys.length, 1)];
  if (key === undefined) return value;
  const child = replaceAt((body as Record<string, unknown>)[key], rest, value);
  if (Array.isArray(body)) return body.map((item: unknown, index) => (String(index) === key ? child : item));
  return { ...body, [key]: child };
}
