import { describe, expect, it } from 'vitest';
import { example } from '../../examples/elemento/examples.ts';
import { readCanallocateBody, readRegisterBody } from '../../../internal/spec/register-body.ts';
import { readSpec } from '../../../internal/spec/read-spec.ts';
import { atomosDate, requestJson } from '../../../internal/spec/request-json.ts';
import type { Spec } from '../../../internal/spec/spec.ts';
import { specfileOf, withoutSecrets } from '../../../internal/spec/specfile.ts';

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

  it('reads images, media and names of volumes', () => {
    const volumes = (config: object) =>
      specOf({ ...smallest, ...config }).volumes.map(({ id, name, sizeBytes, image, iso, priority }) =>
        [id, name, sizeBytes, image, iso, priority].map((said) => said ?? '-').join(' '),
      );
    expect(
      volumes({ volumes: [{ image: 'Debian-12', size_gb: 2 }, { iso: 'iso/a.iso' }, { name: 'pool/old' }] }),
    ).toEqual(['- - 2000000000 debian-12 - -', '- - - - iso/a.iso -', '- pool/old - - - -']);
    const onto = (list: readonly object[]) => volumes({ volumes: list, protium: { image: 'tiny' } });
    expect(onto([])).toEqual(['- - - tiny - -']);
    // The first empty new one ...
    expect(onto([{ iso: 'a.iso' }, { size_gb: 1 }, { size_gb: 2 }])).toEqual([
      '- - - - a.iso -',
      '- - 1000000000 tiny - -',
      '- - 2000000000 - - -',
    ]);
    // ... else one of its own, which is booted from whatever else is said.
    expect(onto([{ name: 'old', priority: 3 }])).toEqual(['- - - tiny - 0', '- old - - - 3']);
    expect(onto([{ image: 'tiny' }])).toEqual(['- - - tiny - -']);
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
        'The field ramSize is not known, and ignored (did you mean ramsize?).',
        'The field cpu.cores is not known, and ignored.',
      ],
    });
  });

  it('what says nothing is no conflict', () => {
    expect(specOf({ slots: null, cpu: { slots: 3 }, ramsize: 2048, flags: null }).cpu).toMatchObject({
      slots: 3,
      flags: [],
    });
    expect(
      specOf({
        ...smallest,
        archs: ['X86_64', 'ARM_8'],
        arch: ['aarch64', 'amd64'],
        flags: ['AVX2'],
        cpu: { flags: ['avx2'] },
      }).cpu,
    ).toMatchObject({ archs: ['X86_64', 'ARM_8'], flags: ['AVX2'] });
    expect(
      readRegisterBody({
        client_uid: 'a'.repeat(32),
        vm_name: 'x',
        volumes: [{ size_gb: 1 }],
        req: { ...smallest, volumes: [], networks: [] },
      }),
    ).toMatchObject({ ok: true, spec: { volumes: [{ sizeBytes: 1e9 }], networks: null } });
  });

  it('says what it leaves out', () => {
    const answer = readSpec({
      ...smallest,
      pci: [{ vendor: '10de', model: '24b0', quantity: 0 }],
      networks: [{ kind: 'natted', open_ports: [{ port: 22 }], ipv4: null }],
      has_network: false,
      volumes: [{ size_gb: 1, colour: 'red' }],
      region: { a: 1 },
      cloudinit: '#cloud-config',
      cloud_init_b64: btoa('secret'),
    });
    expect(answer).toMatchObject({
      ok: true,
      notices: [
        'The field networks[0].open_ports is not applied: the network decides it.',
        'has_network is false, but networks names some: networks counts.',
        'The field pci[0] is left out: its quantity is 0.',
        'The field volumes[0].colour is not known, and ignored.',
        'cloud_init_b64 is ignored; cloudinit counts.',
        'The field region is ignored: only a short text, a number, true or false is kept.',
      ],
    });
  });

  it('takes keys as lines and lists, each once', () => {
    const userAuth = { username: 'a', 'ssh-key': 'k1\nk2\n', sshKey: ['k2', 'k3'] };
    expect(specOf({ ...smallest, userAuth }).guest?.sshKeys).toEqual(['k1', 'k2', 'k3']);
    expect(
      specOf({ ...smallest, startup: { technology: 'cloud-init', template: '#c', b64_code: '!' } }).guest,
    ).toMatchObject({
      userData: '#c',
    });
  });

  it('answers req_json with the keys of the seed, and reads it again', () => {
    const { req_json: seed } = example('atomos-register-response-seed-fixed') as { req_json: object };
    const answer = requestJson(specOf(seed), { name: '11', creationDate: '11/23/2026, 01:02:03' });
    expect(answer).toEqual({ ...seed, creation_date: '11/23/2026, 01:02:03' });
    expect(readSpec(answer)).toMatchObject({ ok: true, notices: [] });
  });

  it('writes dates as clients can read them', () => {
    expect(atomosDate('2026-11-23T01:02:03.456Z')).toBe('11/23/2026, 01:02:03');
  });
});

describe('memory in GiB, as the terminal client writes it', () => {
  it.each([
    [4, 4096],
    [0.5, 512],
    ['128', 131_072],
  ])('%s', (ramsize, mib) => {
    const answer = readSpec({
      slots: 2,
      archs: ['x86_64'],
      minimumCpuFrequency: '1.5',
      ramsize,
      userAuth: { username: 'alice', sshKey: 'ssh-ed25519 A' },
      serverurl: '10.0.0.1',
      xml: '<domain/>',
      protium: { memoryUnit: 'GB' },
    });
    expect(answer).toMatchObject({ ok: true, notices: [], spec: { memory: { mib } } });
    if (answer.ok) expect(specfileOf(answer.spec)).toMatchObject({ ramsize: mib });
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
    [
      'memory in other than whole MiB',
      { ...smallest, ramsize: 0.3, protium: { memoryUnit: 'GiB' } },
      [/ramsize: memoryUnit is GiB: ramsize must be a number from 0.0625 to 16384/],
    ],
    [
      'MiB where GiB are said',
      { ...smallest, ramsize: 32_768, protium: { memoryUnit: 'GiB' } },
      [/ramsize: memoryUnit is GiB/],
    ],
    ['a unit', { ...smallest, protium: { memoryUnit: 'bytes' } }, [/memoryUnit: This must be one of mib/]],
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
      [/^pci.devices\["x:y"\]: .*two ids/],
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
    ['netdevs', { ...smallest, netdevs: [{}] }, [/^netdevs: netdevs is unsupported/]],
    [
      'a volume without id or size',
      { ...smallest, volumes: [{ bus: 'sata' }] },
      [/volumes\[0\]: This names no volume/],
    ],
    [
      'a volume in GB',
      { ...smallest, volumes: [{ size: 50 }] },
      [/volumes\[0\].size: size is in bytes; for 50 GB write "size_gb": 50/],
    ],
    [
      'a medium with a size',
      { ...smallest, volumes: [{ iso: 'x.iso', size_gb: 1 }] },
      [/volumes\[0\]: A medium exists already/],
    ],
    [
      'an image that is none',
      { ...smallest, volumes: [{ image: '../etc' }], protium: { image: 5 } },
      [/^volumes\[0\].image: This must be the name/, /^protium.image: This must be the name/],
    ],
    [
      'two images for one disk',
      { ...smallest, volumes: [{ image: 'a' }], protium: { image: 'b' } },
      [/^protium.image: The volumes have an image of their own/],
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
    ['a name of two lines', { ...smallest, vm_name: 'a\nb' }, [/^vm_name: This has characters/]],
    ['a long name', { ...smallest, name: 'x'.repeat(256) }, [/^name: This is too long: 256/]],
    ['slots as a word', { ...smallest, slots: 'two' }, [/^slots: This must be an integer from 1 to 256/]],
    ['memory with a unit', { ...smallest, ramsize: '4GB' }, [/^ramsize: .*64 to 16777216 MiB/]],
    ['negative memory', { ...smallest, ramsize: -1 }, [/^ramsize: -1 is out of range: .* MiB/]],
    ['allowSMT as text', { ...smallest, allowSMT: 'yes' }, [/^allowSMT: This must be true or false/]],
    ['reqECC as 2', { ...smallest, reqECC: 2 }, [/^reqECC: This must be true or false/]],
    ['no sharing at all', { ...smallest, overprovision: 0 }, [/^overprovision: 0 is out of range/]],
    ['a flag with markup', { ...smallest, flags: ['avx2', '<x>'] }, [/^flags\[1\]: This must be the name/]],
    ['too many flags', { ...smallest, flags: Array(257).fill('avx2') }, [/^flags: There are 257 entries/]],
    ['a firmware', { ...smallest, firmware: 'coreboot' }, [/^firmware: This must be one of bios, uefi, efi/]],
    ['the agent', { ...smallest, misc: { qemu_agent: 'on' } }, [/^misc.qemu_agent: /]],
    [
      'a manufacturer that is no text',
      { ...smallest, manufacturer: 5 },
      [/^manufacturer: This must be text/],
    ],
    ['a flavour that is no text', { ...smallest, os_flavour: {} }, [/^os_flavour: This must be text/]],
    [
      'a version that is no text',
      { ...smallest, os: { version: 24.04 } },
      [/^os.version: This must be text/],
    ],
    ['autostart', { ...smallest, autostart: 'no' }, [/^autostart: /]],
    ['a tag', { ...smallest, vm_tags: ['a', 5] }, [/^vm_tags\[1\]: This must be text/]],
    ['a description', { ...smallest, description: 'a\u0007' }, [/^description: This has characters/]],
    ['a topology', { ...smallest, protium: { topology: 'round' } }, [/^protium.topology: /]],
    ['hugepages', { ...smallest, protium: { hugepages: 'yes' } }, [/^protium.hugepages: /]],
    ['strictPci', { ...smallest, protium: { strictPci: 'yes' } }, [/^protium.strictPci: /]],
    ['secureBoot', { ...smallest, protium: { secureBoot: 'yes' } }, [/^protium.secureBoot: /]],
    ['tpm', { ...smallest, protium: { tpm: 2 } }, [/^protium.tpm: /]],
    [
      'a device without model',
      { ...smallest, pci: [{ vendor: '10de' }] },
      [/^pci\[0\].model: model is missing/],
    ],
    [
      'devices of one id that add up to too many',
      {
        ...smallest,
        pci: [
          { vendor: '10de', model: '2489', quantity: 40 },
          { vendor: '10DE', model: '2489', quantity: 40 },
        ],
      },
      [/^pci: Of 10de:2489, 80 devices/],
    ],
    ['a map with three ids', { ...smallest, pci: { '10de:2489:228b': 1 } }, [/^pci\["10de:2489:228b"\]: /]],
    [
      'devices that are no list',
      { ...smallest, pcidevs: 'gpu' },
      [/^pcidevs: This must be a list of devices/],
    ],
    [
      'the same devices in two ways',
      { ...smallest, pci: [{ vendor: '10de', model: '2489' }], pcidevs: { devices: { '10de:228b': 1 } } },
      [/^pcidevs: This says something else than pci;/],
    ],
    [
      'a MAC address of many',
      { ...smallest, networks: [{ network_uid: 'default', mac: '01:00:5e:00:00:01' }] },
      [/^networks\[0\].mac: .*unicast/],
    ],
    [
      'one MAC address twice',
      {
        ...smallest,
        networks: [
          { network_uid: 'default', mac: '52:54:00:00:00:01' },
          { network_uid: 'default', mac: '52:54:00:00:00:01' },
        ],
      },
      [/^networks\[1\].mac: Two NICs/],
    ],
    ['a kind of network', { ...smallest, networks: [{ kind: 'mesh' }] }, [/^networks\[0\].kind: /]],
    ['has_network', { ...smallest, has_network: 'yes' }, [/^has_network: This must be true or false/]],
    [
      'one volume twice',
      { ...smallest, volumes: [{ vid: 'F'.repeat(32) }, { volumeID: 'f'.repeat(32) }] },
      [/^volumes\[1\]: This volume is in the list twice/],
    ],
    [
      'two sizes',
      { ...smallest, volumes: [{ size: 2_000_000_000, size_gb: 3 }] },
      [/^volumes\[0\].size_gb: This says something else than size/],
    ],
    ['a format', { ...smallest, volumes: [{ size_gb: 1, format: 'vmdk' }] }, [/^volumes\[0\].format: /]],
    ['a bus', { ...smallest, volumes: [{ size_gb: 1, bus: 'usb' }] }, [/^volumes\[0\].bus: /]],
    ['a priority', { ...smallest, volumes: [{ size_gb: 1, priority: -1 }] }, [/^volumes\[0\].priority: -1/]],
    ['a disk of Spot', { ...smallest, storage: { boot: { size_gb: 0 } } }, [/^storage.boot.size_gb: .*GB/]],
    [
      'too many volumes',
      { ...smallest, volumes: Array(65).fill({ size_gb: 1 }) },
      [/^volumes: There are 65/],
    ],
    [
      'two lists of volumes',
      { ...smallest, volumes: [{ size_gb: 1 }], storage: { boot: { size_gb: 2 } } },
      [/^storage: This says something else than volumes/],
    ],
    ['Base64 that is none', { ...smallest, cloud_init_b64: '12345!' }, [/^cloud_init_b64: .*Base64/]],
    ['packed user-data', { ...smallest, cloud_init_b64: 'H4sIAAAAAAAAA///' }, [/^cloud_init_b64: .*UTF-8/]],
    [
      'another technology',
      { ...smallest, startup: { kind: 'ignition' } },
      [/^startup.kind: Only cloud-init/],
    ],
    [
      'two passwords',
      { ...smallest, auth: { password: '12345a' }, authentication: { password: '12345A' } },
      [/^auth: This says something else than authentication/],
    ],
    [
      'a name that no guest takes',
      { ...smallest, auth: { username: 'a:12345' } },
      [/auth.username: This is no name/],
    ],
    [
      'a password that is too long',
      { ...smallest, auth: { password: 'ü'.repeat(129) } },
      [/auth.password: This must be text/],
    ],
    [
      'a cloud-config that is no YAML',
      { ...smallest, startup: { template: '#cloud-config\na: [12345' } },
      [/startup.template: This begins with #cloud-config, but it is not YAML: line 2/],
    ],
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

  it('a config that lacks something, in the sections that it has', () => {
    expect(errorsOf({ cpu: {}, mem: {} })).toEqual([
      expect.stringMatching(/^cpu.slots: slots is missing/) as string,
      expect.stringMatching(/^mem.capacity: ramsize is missing/) as string,
    ]);
    expect(readCanallocateBody({ req: { slots: 1 } })).toMatchObject({ errors: [{ path: 'req.ramsize' }] });
  });

  it('two clients in one register', () => {
    expect(
      readRegisterBody({
        ...smallest,
        vm_name: 'x',
        client_uid: 'a'.repeat(32),
        client_uuid: 'b'.repeat(32),
      }),
    ).toMatchObject({ ok: false, errors: [{ path: 'client_uuid' }] });
  });

  it('two configs in one register', () => {
    const client_uid = 'a'.repeat(32);
    expect(
      readRegisterBody({ client_uid, vm_name: 'x', slots: 3, req: { slots: 2, ramsize: 2048 } }),
    ).toMatchObject({
      ok: false,
      errors: [{ path: 'req.slots', message: expect.stringContaining('slots') as string }],
    });
  });

  it('a register without client or name', () => {
    expect(readRegisterBody(smallest)).toMatchObject({
      ok: false,
      errors: [{ path: 'client_uid' }, { path: 'vm_name' }],
    });
  });
});
