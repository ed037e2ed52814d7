import type { Facts } from '../../analysis.ts';
import type { Clue } from '../clue.ts';
import { found, lowestOfSurest, versionNumber, type Clues } from './clues.ts';
import type { GpuVerdict } from './gpu.ts';

/** CUDA, where NVIDIA's GPUs are asked for: its versions are left out where the guest does not need it. */
export function cudaFacts(
  clues: Clues,
  verdict: GpuVerdict,
  vendors: readonly string[],
  fallback: readonly Clue[],
): Facts['cuda'] {
  const { need, kind, because } = verdict;
  const wanted = clues.about('cudaWanted');
  const toolkit = clues.about('cudaToolkit');
  const nvidia = vendors.includes('nvidia');
  const demanded = need === 'required' && kind === 'compute' && nvidia;
  const built =
    need === 'recommended' &&
    nvidia &&
    clues.stances('purpose').length + clues.stances('demanded').length > 0;
  const advised = need === 'recommended' && wanted.length > 0;
  if (!demanded && !built && !advised)
    return { needed: found(false, because.length > 0 ? because : fallback, kind === 'none' ? 0.8 : 0.6) };
  const version = lowestOfSurest(clues.about('cudaVersion'), versionNumber, 0.25);
  const driver = lowestOfSurest(clues.about('cudaDriver'), versionNumber);
  return {
    needed: found(true, advised && !demanded ? wanted : cudaFirst(because), demanded ? 0.9 : 0.7),
    ...(version === undefined ? {} : { version_min: found(version.value, [version]) }),
    ...(driver === undefined ? {} : { driver_min: found(driver.value, [driver]) }),
    ...(toolkit.length === 0 ? {} : { toolkit_in_guest: found(true, toolkit) }),
  };
}

function cudaFirst(because: readonly Clue[]): readonly Clue[] {
  return because.toSorted((left, right) => Number(namesCuda(right)) - Number(namesCuda(left)));
}

function namesCuda({ evidence }: Clue): boolean {
  return /cuda|nvidia/i.test(evidence.quote);
}
