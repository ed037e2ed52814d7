import type { Readable } from 'node:stream';
import type { OperationHandle } from '../operations/operations.ts';
import type { CatalogueEntry } from './catalogue/entry.ts';
import type { ImportRequest, UploadRequest } from './request.ts';

/** A disk to make VMs from: one volume, stored under the digest of what is in it. It never changes. */
export interface Image {
  /** UUID. */
  readonly id: string;
  /** Unique; `[a-z0-9][a-z0-9.-]{0,62}`. */
  readonly name: string;
  /** `sha256:` and the hexadecimal digest of the stored file. */
  readonly digest: string;
  readonly format: ImageFormat;
  /** Of the disk that a guest sees. */
  readonly virtualSizeBytes: number;
  /** Of the stored file. */
  readonly sizeBytes: number;
  readonly os: ImageOs;
  readonly source: ImageSource;
  /** ISO 8601, UTC; of an image that was found in its pool: when its volume was last read. */
  readonly createdAt: string;
  readonly volume: ImageVolume;
}

export type ImageFormat = 'qcow2' | 'raw';

/** What is known of the system in it; null: not known. */
export interface ImageOs {
  /** `linux`, `windows`, `bsd` ... */
  readonly family: string | null;
  /** `debian`, `fedora` ... */
  readonly flavour: string | null;
  readonly version: string | null;
  /** e.g. `http://debian.org/debian/12` */
  readonly libosinfoId: string | null;
  /** Who logs in when cloud-init is told nothing else. */
  readonly loginUser: string | null;
}

export const unknownOs: ImageOs = {
  family: null,
  flavour: null,
  version: null,
  libosinfoId: null,
  loginUser: null,
};

/**
 * Where it came from. `found`: its volume was in the pool without an entry in the index, as when the database was lost.
 * `location`: the catalogue's name, the URL, the path, the instance; null where there is none.
 */
export interface ImageSource {
  readonly kind: 'catalogue' | 'url' | 'file' | 'upload' | 'instance' | 'found';
  readonly location: string | null;
}

export interface ImageVolume {
  readonly pool: string;
  readonly name: string;
}

/** Who needs an image: a volume or a domain whose disk lies on it, or something under way. */
export interface ImageUser {
  readonly kind: 'volume' | 'domain' | 'operation';
  readonly name: string;
}

/** What an import has made. */
export interface ImportedImage {
  readonly imageId: string;
  readonly name: string;
  readonly digest: string;
}

export interface ChangeOptions {
  readonly owner?: string;
  /** The same key with the same request answers with the same operation. */
  readonly idempotencyKey?: string;
}

/** The use cases of images. Long work is an operation: `image.import`, `image.delete`. */
export interface Images {
  /** Sorted by name. */
  list(): readonly Image[];
  /** By id, else by name. */
  get(idOrName: string): Image | undefined;
  /** What can be imported by name: the user's entries before those that come with Protium. */
  catalogue(): Promise<readonly CatalogueEntry[]>;
  /** Rejects with `already-exists`, `not-found` (catalogue), `path-forbidden`, `libvirt-unavailable`. */
  import(request: ImportRequest, options?: ChangeOptions): Promise<OperationHandle<ImportedImage>>;
  /** Rejects as import would at once, and begins nothing: what the content is shows only when it is fetched. */
  checkImport(request: ImportRequest): Promise<void>;
  /** As import; the content is read from the stream while the operation runs. */
  upload(
    content: Readable,
    request: UploadRequest,
    options?: Pick<ChangeOptions, 'owner'>,
  ): Promise<OperationHandle<ImportedImage>>;
  /** Rejects with `not-found`, or `resource-in-use` naming who uses it. */
  delete(idOrName: string, options?: ChangeOptions): Promise<OperationHandle<{ readonly imageId: string }>>;
  /** Rejects as delete would at once, and begins nothing. */
  checkDelete(idOrName: string): Promise<void>;
  /** As far as the live view and the holds tell; a deletion looks more closely. */
  usersOf(image: Image): readonly ImageUser[];
  /**
   * Keeps an image from being deleted, for an operation that is about to use it. Returns the function that ends the hold.
   *
   * @param user whom a refused deletion names, e.g. `creation of "web"`
   * @throws ProtiumError `busy`: it is being deleted.
   */
  hold(image: Pick<Image, 'volume'>, user: string): () => void;
}
