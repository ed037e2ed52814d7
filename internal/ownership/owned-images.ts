import type { Readable } from 'node:stream';
import type { Images, ImportedImage } from '../images/image.ts';
import type { ImportRequest, UploadRequest } from '../images/request.ts';
import type { OperationHandle, Operations } from '../operations/operations.ts';
import { isFinal } from '../operations/model.ts';
import type { Ownership } from './ownership.ts';

/** Images of projects: whose an image is, is known from the moment when its making begins. */
export interface OwnedImages {
  /** @param owner null: it is everybody's */
  import(
    request: ImportRequest,
    owner: string | null,
    options: { readonly idempotencyKey?: string; readonly creator?: string },
  ): Promise<OperationHandle<ImportedImage>>;
  upload(
    content: Readable,
    request: UploadRequest,
    owner: string | null,
    options?: { readonly creator?: string },
  ): Promise<OperationHandle<ImportedImage>>;
  delete(
    idOrName: string,
    options: { readonly idempotencyKey?: string },
  ): Promise<OperationHandle<{ readonly imageId: string }>>;
}

export function createOwnedImages(parts: {
  readonly images: Pick<Images, 'get' | 'import' | 'upload' | 'delete'>;
  readonly ownership: Pick<Ownership, 'record' | 'ownerOf' | 'forget'>;
  readonly operations: Pick<Operations, 'list'>;
}): OwnedImages {
  const { images, ownership, operations } = parts;
  const isUnderway = (name: string): boolean =>
    operations
      .list({ kind: 'image.import', resource: `image/${name}`, limit: 10 })
      .operations.some(({ state }) => !isFinal(state));

  const make = async (
    name: string,
    owner: string | null,
    creator: string | undefined,
    begin: () => Promise<OperationHandle<ImportedImage>>,
  ): Promise<OperationHandle<ImportedImage>> => {
    // What an import that came to nothing has left: there is no such image, and none is being made.
    if (images.get(name) === undefined && !isUnderway(name)) ownership.forget('image', name);
    const isNew = ownership.ownerOf('image', name) === undefined && images.get(name) === undefined;
    // First, so that nobody sees it as everybody's for a moment.
    const recorded = owner !== null && isNew && !isUnderway(name);
    if (recorded) {
      ownership.record({ kind: 'image', id: name, owner, creator: creator ?? null, label: name });
    }
    const forget = (): void => {
      if (recorded && images.get(name) === undefined) ownership.forget('image', name);
    };
    try {
      const operation = await begin();
      operation.done.catch(forget);
      return operation;
    } catch (error) {
      forget();
      throw error;
    }
  };
  const of = (owner: string | null) => (owner === null ? {} : { owner });
  return {
    import: (request, owner, { creator, ...options }) =>
      make(request.name, owner, creator, () => images.import(request, { ...of(owner), ...options })),
    upload: (content, request, owner, { creator } = {}) =>
      make(request.name, owner, creator, () => images.upload(content, request, of(owner))),
    async delete(idOrName, options) {
      const name = images.get(idOrName)?.name;
      const owner = name === undefined ? undefined : ownership.ownerOf('image', name)?.owner;
      const operation = await images.delete(idOrName, { ...of(owner ?? null), ...options });
      const forget = (): void => {
        if (name !== undefined && images.get(name) === undefined) ownership.forget('image', name);
      };
      operation.done.then(forget, () => undefined);
      return operation;
    },
  };
}
