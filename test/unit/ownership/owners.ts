import type { OwnedImages } from '../../../internal/ownership/owned-images.ts';
import type { Images } from '../../../internal/images/image.ts';

/** Images of which nobody keeps whose they are. */
export function unowned(images: Pick<Images, 'import' | 'upload' | 'delete'>): OwnedImages {
  return {
    import: (request, _owner, options) => images.import(request, options),
    upload: (content, request) => images.upload(content, request),
    delete: (named, options) => images.delete(named, options),
  };
}
