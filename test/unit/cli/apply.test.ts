import { describe, expect, it } from 'vitest';
import { requireChangeable } from '../../../cmd/protium/apply/apply.ts';
import { compareConfig, type Present } from '../../../cmd/protium/apply/compare.ts';
import { diffText } from '../../../cmd/protium/apply/diff-text.ts';
import { readSpec } from '../../../cmd/protium/apply/read-spec.ts';
import { specfileOf } from '../../../internal/spec/specfile.ts';

const base = { slots: 1, ramsize: 128 };
const present: Present = { autostart: false, description: undefined, tags: [] };

/** As an instance that was made from one config and is compared with another: its config comes back as a specfile. */
function compared(made: object, wanted: object, as: Partial<Present> = {}) {
  const kept = specfileOf(readSpec(made).spec);
  return compareConfig(readSpec(wanted).spec, readSpec(kept).spec, { ...present, ...as });
}

const plain = { paint: (_colour: string, text: string) => text };

describe('a config and an instance', () => {
  it.each([
    [base, base],
    [base, { cpu: { slots: 1 }, mem: { capacity: 128 } }],
    [base, { ...base, overprovision: 4, archs: ['X86_64'], has_network: true, vm_name: 'other' }],
    [
      { ...base, flags: ['sse4_1', 'AVX'] },
      { ...base, flags: ['avx', 'SSE4_1'] },
    ],
    [
      { ...base, pci: { '10de:2489': 1, '1002:6789': 2 } },
      {
        ...base,
        pci: [
          { vendor: '1002', model: '6789', quantity: 2 },
          { vendor: '10DE', model: '2489' },
        ],
      },
    ],
    [
      { ...base, volumes: [{ size_gb: 1 }] },
      { ...base, volumes: [{ size: 1e9 }] },
    ],
    [
      { ...base, authentication: { username: 'me' } },
      { ...base, authentication: { username: 'you' } },
    ],
    [base, { ...base, region: 'eu' }],
  ])('are the same: %j, %j', (made, wanted) => {
    expect(compared(made, wanted)).toEqual([]);
  });

  it.each([
    [{ ...base, ramsize: 256 }, '~ ramsize: 128 → 256  (needs a new instance)\n'],
    [{ ...base, misc: { firmware: 'uefi' } }, '+ misc.firmware: "uefi"  (needs a new instance)\n'],
    [{ ...base, overprovision: 2 }, '~ overprovision: 4 → 2  (needs a new instance)\n'],
    [{ ...base, vm_tags: ['a'] }, '~ vm_tags: [] → ["a"]\n'],
    [
      { ...base, autostart: true, description: 'mine' },
      '~ autostart: false → true\n+ info.description: "mine"\n',
    ],
    [{ ...base, has_network: false }, '+ has_network: false  (needs a new instance)\n'],
  ])('differ: %j', (wanted, text) => {
    expect(diffText(compared(base, wanted), plain)).toBe(text);
  });

  it('differ in one volume of two', () => {
    const two = { ...base, volumes: [{ size_gb: 1 }, { size_gb: 2 }] };
    const grown = { ...base, volumes: [{ size_gb: 1 }, { size_gb: 3 }] };
    expect(compared(two, grown).map(({ path }) => path)).toEqual(['volumes[1].size']);
  });

  it('do not differ in what the config does not say of what is changed without it', () => {
    expect(compared(base, base, { autostart: true, tags: ['a'], description: 'mine' })).toEqual([]);
    const said = { ...base, autostart: false, vm_tags: [], description: 'ours' };
    const changes = compared(base, said, { autostart: true, tags: ['a'], description: 'mine' });
    expect(changes.map(({ path }) => path)).toEqual(['autostart', 'info.description', 'vm_tags']);
  });
});

it('what needs a new instance is refused by name, and nothing else is changed', () => {
  const changes = compared(base, { ...base, ramsize: 256, slots: 2, vm_tags: ['a'] });
  expect(() => requireChangeable('web', changes)).toThrow(/web cannot be changed in slots, ramsize:/);
  expect(() => requireChangeable('web', compared(base, { ...base, vm_tags: ['a'] }))).not.toThrow();
});

it('a wrong config is refused with every field', () => {
  try {
    readSpec({ slots: 999, ramsize: 1 });
    expect.unreachable();
  } catch (error) {
    expect(error).toMatchObject({ code: 'argument-invalid', exit: 'usage' });
    expect((error as { reasons: string[] }).reasons).toHaveLength(2);
  }
});
