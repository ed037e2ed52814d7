import type { Analysis } from '../../../../internal/provision/analysis.ts';
import { unprovenOf } from '../repository/grade.ts';

/** An amount as a reader of the text says it. */
export interface ExpectedAmount {
  /** null: it is not in the text. */
  readonly stated: number | null;
  readonly ok: readonly [number, number];
  /** Nothing in the text says it: the range is judgement. */
  readonly judged: boolean;
}

/** A text, and the machine that a reader makes of it. */
export interface ExampleText {
  readonly id: string;
  readonly level?: 'minimum' | 'recommended';
  readonly text: string;
  readonly expected: {
    readonly os_family: string;
    readonly os_family_also_ok: readonly string[];
    readonly os_flavour: string | null;
    readonly os_flavour_also_ok: readonly string[];
    readonly arch: string;
    readonly arch_also_ok: readonly string[];
    readonly cpu_cores: ExpectedAmount;
    readonly ram_mb: ExpectedAmount;
    readonly disk_gb: ExpectedAmount;
    readonly flags: readonly string[];
    readonly flags_optional: readonly string[];
    readonly reqECC: boolean;
    readonly gpu: {
      readonly need: string;
      readonly need_also_ok?: readonly string[];
      readonly vendor: string | null;
      readonly vram_gb_min: number | null;
      readonly named_binding: string | null;
      readonly pci_any_of: readonly string[];
      readonly pci_mobile_variants: readonly string[];
      readonly pci_none_of?: readonly string[];
      readonly vendors_none_of?: readonly string[];
      readonly count_ok: readonly [number, number];
    };
    readonly satisfiable_on_linux_kvm_host: boolean;
    readonly notes_should_mention: readonly string[];
  };
}

/** What is measured; each fact of a text is right, wrong, or not asked of it. */
export const measures = [
  'os family',
  'os flavour',
  'GPU need',
  'GPU vendor',
  'GPU memory',
  'GPU count',
  'named cards',
  'cards ruled out',
  'memory stated',
  'disk stated',
  'cores stated',
  'memory judged',
  'disk judged',
  'cores judged',
  'architecture',
  'CPU features',
  'ECC',
  'satisfiable',
  'notes',
  'evidence',
] as const;
export type Measure = (typeof measures)[number];

/** null: right; a sentence: what is wrong; absent: the text says nothing of it. */
export type TextGrade = ReadonlyMap<Measure, string | null>;

export function gradeText({ facts, notes }: Analysis, { text, expected }: ExampleText): TextGrade {
  const grade = new Map<Measure, string | null>();
  const check = (measure: Measure, right: boolean, given: unknown, wanted: unknown): void => {
    grade.set(
      measure,
      right ? null : `${measure}: ${JSON.stringify(given ?? 'nothing')} for ${JSON.stringify(wanted)}`,
    );
  };
  const { gpu } = expected;
  const family = facts.os.family.value;
  check(
    'os family',
    [expected.os_family, ...expected.os_family_also_ok].includes(family),
    family,
    expected.os_family,
  );
  if (expected.os_flavour !== null) {
    const flavour = facts.os.flavour?.value;
    const right =
      flavour !== undefined && [expected.os_flavour, ...expected.os_flavour_also_ok].includes(flavour);
    check('os flavour', right, flavour, expected.os_flavour);
  }
  const need = facts.gpu.need.value;
  check('GPU need', [gpu.need, ...(gpu.need_also_ok ?? [])].includes(need), need, gpu.need);
  const vendors = facts.gpu.vendors?.value ?? [];
  const vendor = vendors.length === 1 ? (vendors[0] ?? null) : null;
  check('GPU vendor', vendor === gpu.vendor, vendors, gpu.vendor);
  const vram = facts.gpu.vram_gb_min?.value ?? null;
  if (gpu.vram_gb_min !== null || vram !== null)
    check(
      'GPU memory',
      vram !== null && gpu.vram_gb_min !== null && Math.abs(vram - gpu.vram_gb_min) < 0.01,
      vram,
      gpu.vram_gb_min,
    );
  const count = need === 'none' ? 0 : (facts.gpu.count_min?.value ?? 1);
  check(
    'GPU count',
    isWithin(count, gpu.count_ok) || (need === 'optional' && gpu.count_ok[0] === 0),
    count,
    gpu.count_ok,
  );
  const anyOf = facts.gpu.pci_any_of?.value ?? [];
  if (gpu.pci_any_of.length > 0 || anyOf.length > 0) {
    const allowed = [...gpu.pci_any_of, ...gpu.pci_mobile_variants];
    const right =
      gpu.pci_any_of.every((id) => anyOf.includes(id)) && anyOf.every((id) => allowed.includes(id));
    check('named cards', right, anyOf, gpu.pci_any_of);
  }
  const noneOf = facts.gpu.pci_none_of?.value ?? [];
  if (gpu.pci_none_of !== undefined || gpu.vendors_none_of !== undefined) {
    const out = facts.gpu.vendors_none_of?.value ?? [];
    const right =
      (gpu.pci_none_of ?? []).every((id) => noneOf.includes(id)) &&
      (gpu.vendors_none_of ?? []).every((name) => out.some((each) => each === name)) &&
      !anyOf.some((id) => gpu.pci_none_of?.includes(id));
    check('cards ruled out', right, [noneOf, out], [gpu.pci_none_of, gpu.vendors_none_of]);
  }
  const amounts = [
    ['memory', facts.ram_gb === undefined ? null : facts.ram_gb.value * 1024, expected.ram_mb],
    ['disk', facts.disk_gb?.value ?? null, expected.disk_gb],
    ['cores', facts.cpu_cores?.value ?? null, expected.cpu_cores],
  ] as const;
  for (const [name, value, { ok, judged }] of amounts)
    check(`${name} ${judged ? 'judged' : 'stated'}`, value !== null && isWithin(value, ok), value, ok);
  const arch = facts.arch?.value ?? 'x86_64';
  check('architecture', [expected.arch, ...expected.arch_also_ok].includes(arch), arch, expected.arch);
  const flags = facts.flags?.value ?? [];
  check('CPU features', same(flags, expected.flags), flags, expected.flags);
  check('ECC', (facts.req_ecc?.value ?? false) === expected.reqECC, facts.req_ecc?.value, expected.reqECC);
  const possible = facts.satisfiable_on_linux_kvm_host?.value ?? true;
  check(
    'satisfiable',
    possible === expected.satisfiable_on_linux_kvm_host,
    possible,
    expected.satisfiable_on_linux_kvm_host,
  );
  const missing = expected.notes_should_mention.filter(
    (word) => !notes.some((note) => note.toLowerCase().includes(word.toLowerCase())),
  );
  if (expected.notes_should_mention.length > 0)
    check('notes', missing.length === 0, notes, expected.notes_should_mention);
  const lines = text.split(/\r\n|\n|\r/);
  const unproven = unprovenOf(facts, (_file, line) => lines[line - 1] ?? '');
  check('evidence', unproven.length === 0, unproven, 'quotes that stand in their lines');
  return grade;
}

function isWithin(value: number, [low, high]: readonly [number, number]): boolean {
  return value >= low && value <= high;
}

function same(left: readonly string[], right: readonly string[]): boolean {
  return left.length === right.length && left.every((each) => right.includes(each));
}

/** Share of the texts that a measure is asked of for which it is right, from 0 to 1. */
export function rateOf(grades: readonly TextGrade[], measure: Measure): number {
  const asked = grades.filter((grade) => grade.has(measure));
  return asked.length === 0 ? 1 : asked.filter((grade) => grade.get(measure) === null).length / asked.length;
}
