import type { Facts, Found } from '../../analysis.ts';
import type { Clue, RuntimeVersion } from '../clue.ts';
import { found, versionNumber, type Clues } from './clues.ts';
import type { GpuVerdict } from './gpu.ts';

export function osFacts(
  clues: Clues,
  { kind, need, because }: GpuVerdict,
  fallback: readonly Clue[],
): Facts['os'] {
  if (kind === 'apple' && need === 'required') return { family: found('macos' as const, because, 0.7) };
  const families = clues.about('osFamily');
  const flavour = clues.about('osFlavour')[0];
  const linux = families.filter(({ value }) => value === 'linux');
  const family: Found<'linux'> =
    linux.length > 0 ? found('linux' as const, linux) : found('linux' as const, fallback, 0.2);
  if (flavour === undefined) return { family };
  const version = /[\d.]+$/.exec(flavour.value)?.[0] ?? '';
  return { family, flavour: found(flavour.value, [flavour]), version: found(version, [flavour]) };
}

/** Of each runtime the word of the surest: a manifest's before a sentence's. */
export function runtimeFacts(clues: Clues): {
  readonly runtime: Facts['runtime'];
  readonly notes: readonly string[];
} {
  const runtime: Record<string, Found<string>> = {};
  const notes: string[] = [];
  for (const clue of clues.about('runtime')) {
    const { name, version } = clue.value;
    const kept = runtime[name];
    if (kept === undefined) runtime[name] = found(version, [clue]);
    else if (isStricter(kept, clue)) {
      // setup.py is often older than the list of requirements that people are given.
      notes.push(
        `${kept.evidence[0]?.file ?? ''} has ${name} ${kept.value}; ${clue.evidence.file} counts, with ${version}.`,
      );
      runtime[name] = found(version, [clue]);
    } else if (contradicts(kept.value, clue.value) && clue.confidence >= 0.7)
      notes.push(
        `${clue.evidence.file}:${clue.evidence.line} has ${name} ${version}; ${kept.evidence[0]?.file ?? ''} counts, with ${kept.value}.`,
      );
  }
  return { runtime, notes };
}

function isStricter(
  { value, evidence }: Found<string>,
  { value: { version }, confidence, evidence: said }: Clue<'runtime'>,
): boolean {
  const old = /(?:^|\/)setup\.(?:py|cfg)$/.test(evidence[0]?.file ?? '');
  const both = value.startsWith('>=') && version.startsWith('>=');
  return (
    old &&
    both &&
    confidence >= 0.8 &&
    !said.file.includes('/') &&
    versionNumber(version.slice(2)) > versionNumber(value.slice(2))
  );
}

function contradicts(kept: string, { version }: RuntimeVersion): boolean {
  const number = (text: string): string => /\d+(?:\.\d+)?/.exec(text)?.[0] ?? '';
  return number(kept) !== number(version);
}

export function specialFacts(clues: Clues): Pick<Facts, 'special'> {
  const kept = new Map<string, Clue<'special'>>();
  for (const clue of clues.about('special')) {
    const name = clue.value.split(' >= ')[0] ?? clue.value;
    const before = kept.get(name);
    // With a version it says more than without.
    if (before === undefined || (!before.value.includes('>=') && clue.value.includes('>=')))
      kept.set(name, clue);
  }
  const clueOf = [...kept.values()];
  return clueOf.length === 0
    ? {}
    : {
        special: found(
          clueOf.map(({ value }) => value),
          clueOf,
        ),
      };
}
