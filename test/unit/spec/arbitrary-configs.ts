import fc from 'fast-check';
import { examples } from '../../examples/elemento/examples.ts';

const hostile = fc.constantFrom<unknown>(
  ']]>&"\'<',
  '</name><disk/>',
  'a\u0000b',
  '\ud800',
  '\u202e',
  '__proto__',
  '${jndi:x}',
  '../../etc/passwd',
  '1e309',
  -0,
  0,
  -1,
  0.5,
  1e9,
  1e308,
  2 ** 53,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  null,
  true,
  '',
  [],
  {},
  [[[[]]]],
  { __proto__: null, toString: 1, constructor: 2, length: -1 },
  JSON.parse('{"__proto__": {"slots": 4, "ramsize": 2048}}'),
);

/** Configs that say much. */
const flat = fc.record(
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
      fc.oneof(
        fc.record({
          size: fc.integer({ min: 1 << 20, max: 1 << 30 }),
          format: fc.constantFrom('raw', 'qcow2'),
        }),
        fc.constantFrom<object>(
          { image: 'Tiny' },
          { image: 'tiny', size_gb: 3, priority: 1 },
          { iso: 'iso/x.iso' },
          { name: 'old' },
        ),
      ),
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
        image: fc.constant('tiny'),
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

/** The same things in the other shapes, or in several at once. */
const sectioned = flat.map(({ slots, ramsize, archs, flags, allowSMT, reqECC, pci, misc, ...rest }) => ({
  ...rest,
  'py/object': 'x.y',
  cpu: { slots, arch: archs, flags, ...(allowSMT === undefined ? {} : { fullPhysical: !allowSMT }) },
  mem: { capacity: String(ramsize), requireECC: reqECC === true ? 1 : 0 },
  ...(pci === undefined
    ? {}
    : {
        pci: {
          devices: Object.fromEntries(pci.map((d) => [`${d.vendor}:${d.model}`.toUpperCase(), d.quantity])),
        },
      }),
  misc: { ...misc, 'py/object': 'z' },
}));

const inGibibytes = flat.map(({ ramsize, protium, ...rest }) => ({
  ...rest,
  ram: { ramsize: ramsize / 1024 },
  protium: { ...protium, memoryUnit: 'GB' },
}));

export const goodConfig = fc.oneof(flat, sectioned, inGibibytes);

/** Real inputs and good configs, with anything anywhere in them. */
export const mutated = fc
  .tuple(
    fc.oneof(fc.constantFrom(...examples.map(({ body }) => body)), goodConfig),
    fc.array(
      fc.tuple(
        fc.oneof(hostile, hostile, fc.jsonValue()),
        fc.array(fc.nat(40), { minLength: 1, maxLength: 4 }),
      ),
      { minLength: 1, maxLength: 3 },
    ),
  )
  .map(([body, changes]) =>
    changes.reduce<unknown>((changed, [value, way]) => replaceAt(changed, way, value), body),
  );

export const anything = fc.oneof(fc.jsonValue(), hostile, fc.anything(), mutated);

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
