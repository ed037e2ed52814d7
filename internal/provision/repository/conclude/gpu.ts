import type { Facts, Found, GpuNeed, GpuVendor } from '../../analysis.ts';
import type { Clue } from '../clue.ts';
import { found, lowestOfSurest, versionNumber, type Clues } from './clues.ts';

export interface GpuVerdict {
  readonly need: GpuNeed;
  /** Why, the surest first. */
  readonly because: readonly Clue<'gpu'>[];
  /** Of what kind of GPU. */
  readonly kind: 'compute' | 'graphics' | 'apple' | 'none';
}

/**
 * The verdict, from what was found: what demands a GPU wins, but where there is a way without one, it is recommended at
 * most. A framework that runs faster with one recommends it; a mere "supports" makes it optional.
 */
export function judgeGpu(clues: Clues): GpuVerdict {
  const demanded = clues.stances('demanded');
  const purpose = clues.stances('purpose');
  const withoutOne = clues.stances('cpu');
  const framework = clues.stances('framework');
  const advised = clues.stances('advised');
  const graphics = clues.stances('graphics');
  const apple = clues.stances('apple');
  const supported = clues.stances('supported');

  if (apple.length > 0 && demanded.length === 0 && purpose.length === 0)
    return {
      need: withoutOne.length > 0 ? 'recommended' : 'required',
      because: [...apple, ...withoutOne],
      kind: 'apple',
    };
  if (demanded.length + purpose.length > 0) {
    // A requirement in words outweighs an option for the CPU that some example of the repository has.
    // So does a mere container image of CUDA, where a framework is used that runs without.
    const onlyImage = purpose.length === 0 && framework.length > 0 && demanded.every(isImage);
    const softened = withoutOne.some(isOfTheWhole) || onlyImage;
    const strongest = [...demanded, ...purpose];
    if (!softened) return { need: 'required', because: strongest, kind: 'compute' };
    return { need: 'recommended', because: [...strongest.slice(0, 2), ...withoutOne], kind: 'compute' };
  }
  if (advised.length > 0)
    return { need: 'recommended', because: [...advised, ...framework], kind: 'compute' };
  if (framework.length > 0)
    return { need: 'recommended', because: [...framework.slice(0, 2), ...withoutOne], kind: 'compute' };
  const models = clues.about('workload').some(({ value }) => value === 'language-model');
  if (supported.length > 0 && models) return { need: 'recommended', because: supported, kind: 'compute' };
  if (graphics.length > 0) return { need: 'recommended', because: graphics, kind: 'graphics' };
  if (supported.length > 0) return { need: 'optional', because: supported, kind: 'compute' };
  return { need: 'none', because: [], kind: 'none' };
}

function isImage({ evidence }: Clue<'gpu'>): boolean {
  return evidence.rule === 'dockerfile-cuda-base-image';
}

/** Said by the root's README or an installation page, in so many words. */
function isOfTheWhole({ evidence }: Clue<'gpu'>): boolean {
  return !evidence.file.includes('/') || /^docs?\//.test(evidence.file);
}

export function gpuFacts(clues: Clues, verdict: GpuVerdict, fallback: readonly Clue[]): Facts['gpu'] {
  const { need, because, kind } = verdict;
  if (kind === 'none') {
    const nothing = found('none' as const, fallback, 0.6);
    return { need: nothing, count_min: { ...nothing, value: 0 } };
  }
  const surest = Math.max(...because.map(({ confidence }) => confidence));
  const vram = kind === 'compute' ? lowestOfSurest(clues.about('vramGb'), (value) => value) : undefined;
  const capability =
    kind === 'compute' && need === 'required'
      ? lowestOfSurest(clues.about('computeCapability'), versionNumber)
      : undefined;
  const count = need === 'required' ? lowestOfSurest(clues.about('gpuCount'), (value) => value) : undefined;
  const vendors = vendorsOf(clues, verdict);
  return {
    need: found(need, because, surest),
    ...(vendors === undefined ? {} : { vendors }),
    count_min: count === undefined ? found(1, because, Math.min(surest, 0.8)) : found(count.value, [count]),
    ...(vram === undefined ? {} : { vram_gb_min: found(vram.value, [vram]) }),
    ...(capability === undefined ? {} : { compute_capability_min: found(capability.value, [capability]) }),
  };
}

/** How sure a clue of a vendor must be where others are named outright. */
const namedOutright = 0.7;

function vendorsOf(clues: Clues, { kind, because }: GpuVerdict): Found<readonly GpuVendor[]> | undefined {
  if (kind === 'apple') return found<readonly GpuVendor[]>(['apple'], because);
  if (kind !== 'compute') return undefined;
  const all = clues.about('vendor');
  const outright = all.filter(({ confidence }) => confidence >= namedOutright);
  const only = onlyVendorOfTitle(clues);
  const counted = (outright.length > 0 ? outright : all).filter(
    ({ value }) => only === undefined || value === only,
  );
  if (counted.length === 0) return undefined;
  const order = ['nvidia', 'amd', 'intel'] as const;
  const vendors = order.filter(
    (vendor) =>
      counted.some(({ value }) => value === vendor) ||
      // What names AMD's as one way more has NVIDIA's as the usual one.
      (vendor === 'nvidia' && only === undefined && all.some(({ value }) => value === 'nvidia')),
  );
  // One line of each first: all of them are to be seen.
  const shown = vendors.flatMap((vendor) => all.filter(({ value }) => value === vendor).slice(0, 1));
  return found<readonly GpuVendor[]>(vendors, [...shown, ...counted]);
}

/** A repository that calls itself one of ROCm is none of CUDA, however often it compares itself. */
function onlyVendorOfTitle(clues: Clues): GpuVendor | undefined {
  const titles = clues.stances('purpose').map(({ evidence }) => evidence.quote);
  const amd = titles.some((title) => /ROCm|\bHIP\b|\bAMD\b/.test(title));
  const nvidia = titles.some((title) => /CUDA|NVIDIA/i.test(title));
  if (amd === nvidia) return undefined;
  return amd ? 'amd' : undefined;
}
