import type { Analysis, Evidence, Found } from '../../../../internal/provision/analysis.ts';

/** What a reader says that a repository needs: expected.json. */
export interface Expected {
  readonly gpu: {
    readonly need: string;
    readonly accept: readonly string[];
    readonly soft_accept: readonly string[];
    readonly vendors: readonly string[];
    readonly count_min: number;
    readonly vram_gb_min: number | null;
    readonly compute_capability_min: string | null;
  };
  readonly cuda: {
    readonly needed: boolean;
    readonly soft_accept: readonly boolean[];
    readonly version_min: string | null;
    readonly toolkit_in_guest: boolean;
    readonly driver_min: string | null;
  };
  readonly cpu_cores: { readonly ok: readonly [number, number] };
  readonly ram_gb: { readonly ok: readonly [number, number] };
  readonly disk_gb: { readonly ok: readonly [number, number] };
  readonly os: { readonly family: string };
  readonly runtime: Readonly<Record<string, string>>;
  readonly special: readonly string[];
  /** Which facts stand in the text: "gpu.vram_gb_min", "runtime.python". */
  readonly stated: readonly string[];
}

export interface Grade {
  readonly verdict: boolean;
  readonly cudaNeeded: boolean;
  /** Stated facts, and those of them that are not exact. */
  readonly stated: number;
  readonly wrong: readonly string[];
  /** Values that the reader did not find. */
  readonly invented: readonly string[];
  readonly memory: boolean;
  readonly disk: boolean;
  readonly cores: boolean;
  /** Evidence that does not stand where it is said to. */
  readonly unproven: readonly string[];
}

/** Strictly: without what `soft_accept` lets pass. */
export function grade(
  { facts }: Analysis,
  expected: Expected,
  lineOf: (file: string, line: number) => string,
): Grade {
  const given: Readonly<Record<string, unknown>> = {
    'gpu.need': facts.gpu.need.value,
    'gpu.vendors': facts.gpu.vendors?.value,
    'gpu.vram_gb_min': facts.gpu.vram_gb_min?.value,
    'gpu.compute_capability_min': facts.gpu.compute_capability_min?.value,
    'cuda.version_min': facts.cuda.version_min?.value,
    'cuda.driver_min': facts.cuda.driver_min?.value,
    'cuda.toolkit_in_guest': facts.cuda.toolkit_in_guest?.value ?? false,
    ...Object.fromEntries(
      Object.entries(facts.runtime).map(([name, { value }]) => [`runtime.${name}`, value]),
    ),
    os: facts.os.family.value,
    special: facts.special?.value ?? [],
    cpu_cores: facts.cpu_cores?.value,
    ram_gb: facts.ram_gb?.value,
    disk_gb: facts.disk_gb?.value,
  };
  const wrong = expected.stated.filter((fact) => !isRight(fact, given[fact], expected));
  const absent: Readonly<Record<string, unknown>> = {
    'gpu.vram_gb_min': expected.gpu.vram_gb_min,
    'gpu.compute_capability_min': expected.gpu.compute_capability_min,
    'cuda.version_min': expected.cuda.version_min,
    'cuda.driver_min': expected.cuda.driver_min,
  };
  const invented = [
    ...Object.entries(absent).flatMap(([fact, value]) =>
      value === null && given[fact] !== undefined ? [fact] : [],
    ),
    ...Object.keys(facts.runtime).flatMap((name) =>
      expected.runtime[name] === undefined ? [`runtime.${name}`] : [],
    ),
  ];
  return {
    verdict: expected.gpu.accept.includes(facts.gpu.need.value),
    cudaNeeded: facts.cuda.needed.value === expected.cuda.needed,
    stated: expected.stated.length,
    wrong: wrong.map((fact) => `${fact} is ${JSON.stringify(given[fact])}`),
    invented: invented.map((fact) => `${fact} is ${JSON.stringify(given[fact])}`),
    memory: isWithin(facts.ram_gb, expected.ram_gb.ok),
    disk: isWithin(facts.disk_gb, expected.disk_gb.ok),
    cores: isWithin(facts.cpu_cores, expected.cpu_cores.ok),
    unproven: unprovenOf(facts, lineOf),
  };
}

function isRight(fact: string, given: unknown, expected: Expected): boolean {
  switch (fact) {
    case 'gpu.need':
      return expected.gpu.accept.includes(String(given));
    case 'gpu.vendors':
      return same(given, expected.gpu.vendors);
    case 'os':
      return given === expected.os.family;
    case 'special': {
      // A reader's words: the first of each, and its version.
      const words = (given as readonly string[]).map((text) => text.toLowerCase());
      return expected.special.some((text) => words.includes(text.toLowerCase()));
    }
    case 'cpu_cores':
    case 'ram_gb':
    case 'disk_gb': {
      const [low, high] = expected[fact].ok;
      return typeof given === 'number' && given >= low && given <= high;
    }
    default: {
      const [group = '', name = ''] = fact.split('.');
      const wanted = (expected as unknown as Readonly<Record<string, Readonly<Record<string, unknown>>>>)[
        group
      ]?.[name];
      return same(given, wanted);
    }
  }
}

function same(left: unknown, right: unknown): boolean {
  return JSON.stringify(left) === JSON.stringify(right);
}

function isWithin(found: Found<number> | undefined, [low, high]: readonly [number, number]): boolean {
  return found !== undefined && found.value >= low && found.value <= high;
}

/** Each value below has evidence, and each quote stands in its line. */
export function unprovenOf(
  facts: unknown,
  lineOf: (file: string, line: number) => string,
): readonly string[] {
  if (typeof facts !== 'object' || facts === null) return [];
  if ('evidence' in facts && 'confidence' in facts) {
    const evidence = facts.evidence as readonly Evidence[];
    if (evidence.length === 0) return ['a value without evidence'];
    return evidence
      .filter(({ file, line, quote }) => quote === '' || !lineOf(file, line).includes(quote))
      .map(({ file, line, quote, rule }) => `${rule}: ${file}:${line} has no "${quote}"`);
  }
  return Object.entries(facts).flatMap(([name, value]) =>
    unprovenOf(value, lineOf).map((text) => `${name}: ${text}`),
  );
}
