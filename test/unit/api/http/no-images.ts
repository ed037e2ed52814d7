import type { Images } from '../../../../internal/images/image.ts';

const notAsked = () => Promise.reject(new Error('not asked'));

/** A host without images, for tests of other routes. */
export const noImages: Images = {
  list: () => [],
  get: () => undefined,
  catalogue: () => Promise.resolve([]),
  import: notAsked,
  checkImport: notAsked,
  checkDelete: notAsked,
  upload: notAsked,
  delete: notAsked,
  usersOf: () => [],
  hold: () => () => undefined,
};
