import { ProtiumError } from '../errors/protium-error.ts';
import { openAllowedFile } from '../files/open-allowed-file.ts';
import type { LibvirtClient } from '../libvirt/client.ts';
import type { LiveView } from '../libvirt/live-view/live-view.ts';
import type { OperationDefinition } from '../operations/definition.ts';
import type { Operations } from '../operations/operations.ts';
import { readChecksum } from './checksum/checksum.ts';
import { readCatalogue } from './catalogue/read-catalogue.ts';
import type { CatalogueEntry } from './catalogue/entry.ts';
import type { DiskCleaner } from './clean/clean-disk.ts';
import type { DeleteImage } from './delete/operation.ts';
import { requireAllowedUrl, shownUrl, type DownloadPolicy } from './download/address-policy.ts';
import { planInstance } from './fetch/plan-instance.ts';
import type { Uploads } from './fetch/from-upload.ts';
import type { ImageHolds } from './holds.ts';
import { unknownOs, type Image, type Images } from './image.ts';
import type { ImageStore } from './image-store.ts';
import { requireFreeName } from './import/fetch-step.ts';
import type { ExpectedChecksum, ImportImage, ImportInput } from './import/shape.ts';
import type { LookForUsers } from './look-for-users.ts';
import { foundId, foundName, readVolumeName } from './names.ts';
import type { ImportRequest } from './request.ts';
import type { Storing } from './storing.ts';
import { requireUnused, usersIn } from './users.ts';

export interface ImagesOptions {
  readonly client: LibvirtClient;
  readonly view: Pick<LiveView, 'volumes' | 'domains' | 'domain'>;
  readonly operations: Operations;
  readonly definitions: {
    readonly import: OperationDefinition<ImportImage>;
    readonly delete: OperationDefinition<DeleteImage>;
  };
  readonly store: ImageStore;
  readonly storing: Storing;
  readonly holds: ImageHolds;
  readonly uploads: Uploads;
  readonly lookForUsers: LookForUsers;
  readonly cleaner: Pick<DiskCleaner, 'requireTool'>;
  readonly pool: { readonly name: string; readonly directory: string };
  /** The user's own entries; null: none. */
  readonly catalogueFile: string | null;
  readonly policy: DownloadPolicy;
  readonly allowedPaths: readonly string[];
  /** Resolves when nothing is left of what an earlier daemon began; rejects when libvirt cannot be reached. */
  readonly ready: () => Promise<void>;
  /** What earlier daemons left unfinished has been settled. */
  readonly isSettled: () => boolean;
}

/** The use cases of images. */
export function createImages(options: ImagesOptions): Images {
  const { client, view, operations, definitions, store, storing, holds, uploads, pool, policy } = options;

  /** Images whose volumes are in the pool and which the index does not know: it was lost, or they were brought there. */
  const found = (known: readonly Image[]): readonly Image[] => {
    // What a killed daemon was just writing looks like one.
    if (!options.isSettled()) return [];
    const indexed = new Set(known.map(({ volume }) => volume.name));
    return view.volumes().flatMap((volume): readonly Image[] => {
      const content =
        volume.pool === pool.name && !indexed.has(volume.name) ? readVolumeName(volume.name) : null;
      const place = { pool: pool.name, name: volume.name };
      if (content === null || storing.has(place)) return [];
      return [
        {
          id: foundId(place.pool, place.name),
          name: foundName(content.digest),
          ...content,
          virtualSizeBytes: Number(volume.capacityBytes),
          sizeBytes: Number(volume.allocationBytes),
          os: unknownOs,
          source: { kind: 'found', location: null },
          createdAt: volume.readAt,
          volume: place,
        },
      ];
    });
  };
  const list = (): readonly Image[] => {
    const known = store.all();
    return [...known, ...found(known)].sort((a, b) => (a.name < b.name ? -1 : 1));
  };
  const get = (idOrName: string): Image | undefined => {
    const known = store.byId(idOrName) ?? store.byName(idOrName);
    if (known !== undefined) return known;
    return found(store.all()).find(({ id, name }) => id === idOrName || name === idOrName);
  };
  const existing = (idOrName: string): Image => {
    const image = get(idOrName);
    if (image !== undefined) return image;
    throw new ProtiumError('not-found', `There is no image "${idOrName}" (by id or name).`);
  };
  const usersOf: Images['usersOf'] = ({ volume }) => [
    ...holds.usersOf(volume).map((user) => ({ kind: 'operation', name: user }) as const),
    ...usersIn(volume, { volumes: view.volumes(), domains: view.domains() }),
  ];
  const catalogue = (): Promise<readonly CatalogueEntry[]> => readCatalogue(options.catalogueFile);

  const inputOf = async (request: ImportRequest): Promise<ImportInput> => {
    const { name, format, os, source } = request;
    const given: ExpectedChecksum | null =
      request.checksum === null ? null : { kind: 'given', ...request.checksum };
    const common = { name, source, checksum: given, format, os: os ?? unknownOs, pool };
    switch (source.kind) {
      case 'catalogue': {
        const entry = (await catalogue()).find((candidate) => candidate.name === source.location);
        if (entry === undefined) throw notInCatalogue(source.location);
        return fromEntry(entry, common, os !== null, policy);
      }
      case 'url': {
        const url = readUrl(source.location, policy);
        return {
          ...common,
          source: { kind: 'url', location: shownUrl(url) },
          fetch: { kind: 'url', url: url.href },
        };
      }
      case 'file': {
        const file = await openAllowedFile({ what: 'image', name: source.location }, options.allowedPaths);
        await file.close();
        return { ...common, fetch: { kind: 'file', path: source.location } };
      }
      case 'instance':
        return {
          ...common,
          fetch: await planInstance(
            { uuidOrName: source.location, asIs: request.asIs },
            { client, view, cleaner: options.cleaner },
          ),
        };
    }
  };

  const removable = async (idOrName: string): Promise<Image> => {
    const image = existing(idOrName);
    await options.ready();
    // The live view may not know yet that a volume is gone: libvirt sends no events of volumes.
    if (store.countOf(image.volume) <= 1) {
      requireUnused(image.name, await options.lookForUsers(image.volume));
    }
    return image;
  };

  return {
    list,
    get,
    catalogue,
    usersOf,
    hold: ({ volume }, user) => holds.hold(volume, user),
    async checkImport(request) {
      requireFreeName(store, request.name);
      await inputOf(request);
      await options.ready();
    },
    async checkDelete(idOrName) {
      await removable(idOrName);
    },
    async import(request, change = {}) {
      // With a key it may be a request that was answered before, whose image is there by now.
      if (change.idempotencyKey === undefined) requireFreeName(store, request.name);
      const input = await inputOf(request);
      await options.ready();
      return operations.start(definitions.import, input, change);
    },
    async upload(content, { name, format, os, checksum }, change = {}) {
      requireFreeName(store, name);
      await options.ready();
      const ticket = uploads.add(content);
      try {
        const operation = await operations.start(
          definitions.import,
          {
            name,
            source: { kind: 'upload', location: null },
            fetch: { kind: 'upload', ticket },
            checksum: checksum === null ? null : { kind: 'given', ...checksum },
            format,
            os: os ?? unknownOs,
            pool,
          },
          change,
        );
        const forget = (): void => uploads.remove(ticket);
        operation.done.then(forget, forget);
        return operation;
      } catch (error) {
        uploads.remove(ticket);
        throw error;
      }
    },
    async delete(idOrName, change = {}) {
      const { id: imageId, name, volume } = await removable(idOrName);
      return operations.start(definitions.delete, { imageId, name, volume }, change);
    },
  };
}

function fromEntry(
  entry: CatalogueEntry,
  common: Omit<ImportInput, 'fetch'>,
  hasOs: boolean,
  policy: DownloadPolicy,
): ImportInput {
  const { source } = entry;
  const os = hasOs ? common.os : entry.os;
  if (source.kind === 'guest-build') {
    return { ...common, os, format: common.format ?? 'qcow2', fetch: { kind: 'guest-build' } };
  }
  const url = readUrl(source.url, policy);
  return {
    ...common,
    os,
    format: common.format ?? source.format,
    checksum: common.checksum ?? checksumOf(source.checksum, url),
    fetch: { kind: 'url', url: url.href },
  };
}

function checksumOf(
  checksum: Extract<CatalogueEntry['source'], { kind: 'url' }>['checksum'],
  image: URL,
): ExpectedChecksum | null {
  if (checksum === null) return null;
  if (typeof checksum === 'string') {
    const value = readChecksum(checksum);
    return value === null ? null : { kind: 'given', ...value };
  }
  return { kind: 'listed', ...checksum, fileName: image.pathname.split('/').at(-1) ?? '' };
}

function readUrl(text: string, policy: DownloadPolicy): URL {
  if (!URL.canParse(text)) {
    throw new ProtiumError('argument-invalid', 'The location of the image is not a URL.', {
      details: { field: 'source.location' },
    });
  }
  const url = new URL(text);
  requireAllowedUrl(url, policy);
  return url;
}

function notInCatalogue(name: string): ProtiumError {
  return new ProtiumError(
    'not-found',
    `The catalogue has no image "${name}"; GET /v1/image-catalogue lists what there is.`,
  );
}
