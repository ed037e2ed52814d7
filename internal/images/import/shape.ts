import type { ChecksumForm } from '../checksum/find-checksum.ts';
import type { Checksum, ChecksumAlgorithm } from '../checksum/checksum.ts';
import type { ImageFormat, ImageOs, ImageSource, ImportedImage } from '../image.ts';
import type { SourceFormat } from '../inspect/source-format.ts';

/** Everything the steps need, decided before the first of them. The image's id is the operation's. */
export interface ImportInput {
  readonly name: string;
  readonly source: ImageSource;
  readonly fetch: FetchPlan;
  /** null: whatever comes. */
  readonly checksum: ExpectedChecksum | null;
  /** null: to be seen from the content. */
  readonly format: SourceFormat | null;
  readonly os: ImageOs;
  /** Where images are stored; the pool is made too if it is not there. */
  readonly pool: { readonly name: string; readonly directory: string };
}

export type FetchPlan =
  | { readonly kind: 'url'; readonly url: string }
  /** A path as the request gave it. */
  | { readonly kind: 'file'; readonly path: string }
  /** Of a stream that this process holds. */
  | { readonly kind: 'upload'; readonly ticket: string }
  | { readonly kind: 'guest-build' }
  | InstancePlan;

/** The disk of a domain that is off. */
export interface InstancePlan {
  readonly kind: 'instance';
  readonly uuid: string;
  /** Its name. */
  readonly domain: string;
  readonly pool: string;
  readonly volume: string;
  /** What is only that machine's is removed from the copy. */
  readonly clean: boolean;
}

export type ExpectedChecksum =
  | ({ readonly kind: 'given' } & Checksum)
  | {
      readonly kind: 'listed';
      readonly url: string;
      readonly algorithm: ChecksumAlgorithm;
      readonly form: ChecksumForm;
      readonly fileName: string;
    };

/** The operation `image.import`. */
export interface ImportImage {
  readonly input: ImportInput;
  readonly result: ImportedImage;
  readonly steps: {
    'ensure-pool': { facts?: never };
    fetch: { facts: { bytes: number; sha256: string } };
    /** Of some. */
    clean: { facts: { sha256: string } };
    inspect: {
      facts: {
        file: string;
        digest: string;
        format: ImageFormat;
        sizeBytes: number;
        virtualSizeBytes: number;
      };
    };
    store: { intent: { volume: string; existed: boolean; createdAt: string } };
    discard: { facts?: never };
  };
}
