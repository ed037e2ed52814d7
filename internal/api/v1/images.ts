import type { OwnedImages } from '../../ownership/owned-images.ts';
import { creatorOf, ownerOrNull } from './owned-by.ts';
import { sees } from '../../authorization/decide.ts';
import { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { ProtiumError } from '../../errors/protium-error.ts';
import type { CatalogueEntry } from '../../images/catalogue/entry.ts';
import type { Image as Kept, Images } from '../../images/image.ts';
import { readImportRequest, readUploadRequest } from '../../images/request.ts';
import type { Operations } from '../../operations/operations.ts';
import {
  ImagesServiceClient,
  type CatalogueImage,
  type Image,
  type ImageOs,
  type ImagesServiceServer,
  type ImageUpload,
  type ImportImageRequest,
  type ListImagesRequest,
  type UploadImageRequest,
} from '../grpc/generated/protium/v1/images.ts';
import { begun } from './begun.ts';
import { pageOf } from './page.ts';
import { v1Service, type V1Service } from './service.ts';

export interface ImagesSource {
  readonly images: Omit<Images, 'hold'>;
  readonly owned: OwnedImages;
  /** The project of the image of that name; null: it is everybody's. */
  readonly ownerOf: (name: string) => string | null;
  readonly operations: Pick<Operations, 'get'>;
}

/** protium.v1.ImagesService. */
export function imagesService({ images, owned, ownerOf, operations }: ImagesSource): V1Service {
  const existing = (idOrName: string): Kept => {
    const image = images.get(idOrName);
    if (image !== undefined) return image;
    throw new ProtiumError('not-found', `There is no image "${idOrName}" (by id or name).`);
  };
  return v1Service<ImagesServiceServer>(ImagesServiceClient, {
    listImages: (request, { caller }) => {
      const seen = images.list().filter(({ name }) => {
        const owner = ownerOf(name);
        return owner === null || sees(caller, owner);
      });
      return listed(seen, request);
    },
    getImage: ({ image: named }, { caller }) => {
      const image = existing(named);
      // Everybody's image may be used by projects that the caller knows nothing of.
      const told = caller.administrator || ownerOf(image.name) !== null;
      return {
        image: encodeImage(image),
        users: told ? images.usersOf(image).map((user) => ({ ...user })) : [],
      };
    },
    listCatalogueImages: async () => {
      const there = new Set(images.list().flatMap(({ name }) => (ownerOf(name) === null ? name : [])));
      const entries = await images.catalogue();
      return { images: entries.map((entry) => encodeEntry(entry, there.has(entry.name))) };
    },
    importImage: async (request, { caller }) => {
      const asked = readImportRequest(bodyOf(request));
      if (request.validateOnly) {
        await images.checkImport(asked);
        return begun(operations, null);
      }
      const { id } = await owned.import(asked, ownerOrNull(caller), {
        ...keyOf(request),
        ...creatorOf(caller),
      });
      return begun(operations, id);
    },
    uploadImage: async (requests, { caller }) => {
      const { upload, content } = await openUpload(requests);
      const { name, checksum, format, os } = upload;
      const asked = readUploadRequest(name, {
        ...(checksum !== '' && { checksum }),
        ...(format !== '' && { format }),
      });
      const asOs = os === undefined ? null : readOs(os);
      const operation = await owned.upload(
        content,
        { ...asked, os: asOs },
        ownerOrNull(caller),
        creatorOf(caller),
      );
      // The answer comes when all is received, or when it is clear that it need not be.
      await Promise.race([finished(content, { writable: false }), operation.done]);
      return begun(operations, operation.id);
    },
    deleteImage: async (request) => {
      if (request.validateOnly) {
        await images.checkDelete(request.image);
        return begun(operations, null);
      }
      const { id } = await owned.delete(request.image, keyOf(request));
      return begun(operations, id);
    },
  });
}

function listed(all: readonly Kept[], request: ListImagesRequest) {
  const { limit = 100, after } = pageOf(request);
  const flavour = request.osFlavour;
  // The order is by name, and so is the token: a place in the list, whatever comes and goes.
  const matching = all.filter(
    ({ name, os }) => (flavour === '' || os.flavour === flavour) && (after === undefined || name > after),
  );
  const page = matching.slice(0, limit);
  const more = matching.length > page.length;
  return { images: page.map(encodeImage), nextPageToken: more ? (page.at(-1)?.name ?? '') : '' };
}

function keyOf({ idempotencyKey }: { readonly idempotencyKey: string }): { idempotencyKey?: string } {
  if (idempotencyKey === '') return {};
  if (!/^[\x21-\x7e]{1,255}$/.test(idempotencyKey)) {
    throw new ProtiumError('argument-invalid', 'A key is 1 to 255 visible ASCII characters.', {
      details: { field: 'idempotency_key' },
    });
  }
  return { idempotencyKey };
}

/** In protobuf what is not said is empty. */
function bodyOf({ name, source, checksum, format, os, asIs }: ImportImageRequest): unknown {
  return {
    ...(name !== '' && { name }),
    ...(source !== undefined && { source: { kind: source.kind, location: source.location } }),
    ...(checksum !== '' && { checksum }),
    ...(format !== '' && { format }),
    ...(os !== undefined && { os: readOs(os) }),
    ...(asIs && { asIs }),
  };
}

function readOs({ family, flavour, version, libosinfoId, loginUser }: ImageOs): Kept['os'] {
  return {
    family: family ?? null,
    flavour: flavour ?? null,
    version: version ?? null,
    libosinfoId: libosinfoId ?? null,
    loginUser: loginUser ?? null,
  };
}

/** What is uploaded, and its content as the messages bring it. */
async function openUpload(
  requests: AsyncIterable<UploadImageRequest>,
): Promise<{ readonly upload: ImageUpload; readonly content: Readable }> {
  const iterator = requests[Symbol.asyncIterator]();
  const first = await iterator.next();
  const part = first.done === true ? undefined : first.value.part;
  if (part?.$case !== 'upload') {
    throw new ProtiumError('argument-invalid', 'The first message says what is uploaded: send `upload`.', {
      details: { field: 'upload' },
    });
  }
  return { upload: part.value, content: Readable.from(chunksOf(iterator), { objectMode: false }) };
}

async function* chunksOf(iterator: AsyncIterator<UploadImageRequest>): AsyncGenerator<Uint8Array> {
  for (let next = await iterator.next(); next.done !== true; next = await iterator.next()) {
    const { part } = next.value;
    if (part?.$case === 'end') return;
    if (part?.$case !== 'chunk') {
      throw new ProtiumError('argument-invalid', 'After the first message come `chunk`s, and then `end`.', {
        details: { field: 'part' },
      });
    }
    yield part.value;
  }
  // To the server, a client that died looks like one that has sent all.
  throw new ProtiumError('cancelled', 'The upload ended without the message `end`: it was cut.');
}

function encodeImage(image: Kept): Image {
  const { id, name, digest, format, virtualSizeBytes, sizeBytes, os, source, createdAt, volume } = image;
  return {
    id,
    name,
    digest,
    format,
    virtualSizeBytes: BigInt(virtualSizeBytes),
    sizeBytes: BigInt(sizeBytes),
    os: encodeOs(os),
    source: { kind: source.kind, location: source.location ?? undefined },
    createTime: new Date(createdAt),
    volume: { ...volume },
  };
}

function encodeOs(os: Kept['os']): ImageOs {
  return {
    family: os.family ?? undefined,
    flavour: os.flavour ?? undefined,
    version: os.version ?? undefined,
    libosinfoId: os.libosinfoId ?? undefined,
    loginUser: os.loginUser ?? undefined,
  };
}

function encodeEntry(entry: CatalogueEntry, imported: boolean): CatalogueImage {
  const { name, description, architecture, os, source, origin } = entry;
  const url = source.kind === 'url' ? source.url : undefined;
  return { name, description, architecture, os: encodeOs(os), url, origin, imported };
}
