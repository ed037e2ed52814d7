import type { Image, Images } from '../../../../images/image.ts';
import type { OperationRecord } from '../../../../operations/model.ts';
import type { Operations } from '../../../../operations/operations.ts';
import type { Owned, Ownership } from '../../../../ownership/ownership.ts';

/** An image as GPUEater's clients read it. */
export interface ShownImage {
  readonly name: string;
  /** What a launch names it by; of ours, the image's name. */
  readonly alias: string;
  /** SHA-256 of its content, in hexadecimal digits; of one that is being made: its alias. */
  readonly fingerprint: string;
  readonly description: string;
  /** GB of the disk that a guest sees. */
  readonly volume: number;
  readonly user_defined: boolean;
  readonly status: 'CREATING' | 'READY' | 'ERROR';
  /** 0 to 100. */
  readonly progress: number;
  readonly error_description: string | null;
  readonly created_at: string;
}

export interface ImageParts {
  readonly images: Pick<Images, 'list' | 'get'>;
  readonly ownership: Pick<Ownership, 'list' | 'ownerOf'>;
  readonly operations: Pick<Operations, 'list'>;
}

/** The images of everybody and the user's own, by alias; those that are not ready yet are only in `registeredImages`. */
export function imageMap(parts: ImageParts, owner: string): Readonly<Record<string, ShownImage>> {
  const common = parts.images
    .list()
    .filter(({ name }) => parts.ownership.ownerOf('image', name) === undefined)
    .map((image) => shown(image, { label: commonName(image), userDefined: false }));
  const own = registeredImages(parts, owner).filter(({ status }) => status === 'READY');
  return Object.fromEntries(uniqueNames([...common, ...own]).map((image) => [image.alias, image]));
}

/** The user's own images, those too that are being made or could not be. */
export function registeredImages(parts: ImageParts, owner: string): readonly ShownImage[] {
  return parts.ownership.list('image', owner).flatMap((owned) => {
    const image = parts.images.get(owned.id);
    if (image !== undefined) return shown(image, { label: owned.label, userDefined: true });
    const operation = importOf(parts.operations, owner, owned);
    return operation === undefined ? [] : unmade(owned, operation);
  });
}

/** The operation that makes an image that is not there, or could not. */
function importOf(
  operations: Pick<Operations, 'list'>,
  owner: string,
  { id }: Owned,
): OperationRecord | undefined {
  return operations
    .list({ kind: 'image.import', owner, limit: 1000 })
    .operations.find(({ input }) => input['name'] === id);
}

function shown(
  { name, digest, virtualSizeBytes, os, createdAt }: Image,
  { label, userDefined }: { readonly label: string; readonly userDefined: boolean },
): ShownImage {
  return {
    name: label,
    alias: name,
    fingerprint: digest.replace(/^sha256:/, ''),
    description: [os.flavour ?? os.family ?? '', os.version ?? ''].filter(Boolean).join(' '),
    volume: Math.ceil(virtualSizeBytes / 1e9),
    user_defined: userDefined,
    status: 'READY',
    progress: 100,
    error_description: null,
    created_at: createdAt,
  };
}

function unmade({ id, label, createdAt }: Owned, { state, error, progress }: OperationRecord): ShownImage {
  const failed = state === 'failed' || state === 'cancelled';
  return {
    name: label,
    alias: id,
    fingerprint: id,
    description: '',
    volume: 0,
    user_defined: true,
    status: failed ? 'ERROR' : 'CREATING',
    progress: Math.floor(progress.fraction * 100),
    error_description: error?.message ?? (failed ? 'It was cancelled.' : null),
    created_at: createdAt,
  };
}

/** In GPUEater's manner: `Debian12 x64`; an image whose system is not known keeps its name. */
function commonName({ name, os: { flavour, version } }: Image): string {
  if (flavour === null) return name;
  return `${flavour.charAt(0).toUpperCase()}${flavour.slice(1)}${version ?? ''} x64`;
}

/** Of equal names some clients take the first and some the last: so each is there once. */
function uniqueNames(images: readonly ShownImage[]): readonly ShownImage[] {
  const counts = new Map<string, number>();
  for (const { name } of images) counts.set(name, (counts.get(name) ?? 0) + 1);
  return images.map((image) =>
    (counts.get(image.name) ?? 0) > 1 ? { ...image, name: `${image.name} (${image.alias})` } : image,
  );
}
