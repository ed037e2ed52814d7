import type { Facts } from '../analysis.ts';

/** An image as far as the choice needs it. */
export interface ImageOnOffer {
  readonly id: string;
  readonly name: string;
  readonly digest: string;
  readonly virtualSizeBytes: number;
  readonly os: {
    readonly family: string | null;
    readonly flavour: string | null;
    readonly version: string | null;
    readonly loginUser: string | null;
  };
  /** ISO 8601. */
  readonly createdAt: string;
}

export interface ImageDecision {
  readonly image: ImageOnOffer | null;
  readonly reason: string;
  /** The first stage: every image, whether it would do, and why. */
  readonly candidates: readonly {
    readonly name: string;
    readonly suitable: boolean;
    readonly reason: string;
  }[];
  readonly refusal: string | null;
  readonly notes: readonly string[];
}

/** How near an image comes; the lowest is the best. */
const ranks = [
  'it is just what is asked for',
  'it is the same system in a newer version',
  'it is the same system; which version was asked for, or is in it, is not known',
  'it is the same system in an older version',
  'it is another Linux',
  'what is in it is not known',
] as const;

/**
 * First every image is looked at: would it do? Then the nearest of those is chosen: what was asked for before newer versions
 * before others, the newest image before older ones. Pure.
 *
 * @param named by the user: name or id, which then counts whatever was found; null: by the facts
 */
export function chooseImage(
  { os, cuda }: Pick<Facts, 'os' | 'cuda'>,
  images: readonly ImageOnOffer[],
  named: string | null,
): ImageDecision {
  const family = os.family.value;
  const flavour = os.flavour?.value ?? family;
  const version = os.version?.value ?? '';
  // "windows11" says its version itself.
  const asked = flavour.endsWith(version) ? flavour : `${flavour} ${version}`;
  if (named !== null) {
    const image = images.find(({ id, name }) => id === named || name === named) ?? null;
    const refusal = image === null ? `There is no image "${named}" (protium image list).` : null;
    const candidates = image === null ? [] : [{ name: image.name, suitable: true, reason: 'it is named' }];
    return { image, reason: refusal ?? 'Named by the user.', candidates, refusal, notes: [] };
  }
  const judged = images.map((image) => ({ image, ...judge(image, os) }));
  const candidates = judged.map(({ image: { name }, rank, reason }) => ({
    name,
    suitable: rank !== null,
    reason,
  }));
  const [best] = judged
    .flatMap(({ image, rank }) => (rank === null ? [] : [{ image, rank }]))
    .sort(
      (a, b) =>
        a.rank - b.rank ||
        compareVersions(b.image.os.version ?? '', a.image.os.version ?? '') ||
        b.image.createdAt.localeCompare(a.image.createdAt) ||
        a.image.name.localeCompare(b.image.name),
    );
  if (best === undefined) {
    const way =
      family === 'macos'
        ? 'macOS does not run on this host: go without, or name an image (--image).'
        : 'Import one (protium image catalogue, protium image import), or name one (--image).';
    const refusal = `No image here has ${asked}. ${way}`;
    return { image: null, reason: refusal, candidates, refusal, notes: [] };
  }
  const { image, rank } = best;
  const notes = [
    ...(rank >= 3
      ? [`${asked} is asked for; the nearest image here is ${image.name}: ${ranks[rank] ?? ''}.`]
      : []),
    ...(cuda.needed.value
      ? [
          `Whether ${image.name} has the NVIDIA driver and CUDA is not known: they may have to be installed in the guest.`,
        ]
      : []),
  ];
  return { image, reason: `${image.name}: ${ranks[rank] ?? ''}.`, candidates, refusal: null, notes };
}

function judge(
  { os: has }: ImageOnOffer,
  os: Facts['os'],
): { readonly rank: number | null; readonly reason: string } {
  const family = os.family.value;
  if (has.family === null) {
    return family === 'linux' ? { rank: 5, reason: ranks[5] } : { rank: null, reason: ranks[5] };
  }
  if (has.family !== family) return { rank: null, reason: `it has ${has.family}, not ${family}` };
  const wantedName = /^[a-z-]+/.exec(os.flavour?.value.toLowerCase() ?? '')?.[0] ?? null;
  const wantedVersion = os.version?.value ?? /\d[\d.]*$/.exec(os.flavour?.value ?? '')?.[0] ?? null;
  if (wantedName !== null && has.flavour !== wantedName) {
    return family === 'linux'
      ? { rank: 4, reason: ranks[4] }
      : { rank: null, reason: `it has ${has.flavour ?? 'an unknown flavour'}, not ${wantedName}` };
  }
  if (wantedName === null && wantedVersion === null) return { rank: 0, reason: ranks[0] };
  if (wantedVersion === null || has.version === null) return { rank: 2, reason: ranks[2] };
  const order = compareVersions(has.version, wantedVersion);
  const rank = order === 0 || has.version.startsWith(`${wantedVersion}.`) ? 0 : order > 0 ? 1 : 3;
  return { rank, reason: ranks[rank] };
}

/** "22.04" before "24.04"; parts that are no numbers count as 0. */
function compareVersions(a: string, b: string): number {
  const parts = (version: string) => version.split('.').map((part) => Number.parseInt(part, 10) || 0);
  const [left, right] = [parts(a), parts(b)];
  for (let index = 0; index < Math.max(left.length, right.length); index += 1) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
