import type { Images } from '../../images/image.ts';
import type { RegisterInput } from './shape.ts';

/**
 * Keeps the images that an instance is made from until the function that it returns is called, which may be called twice.
 *
 * @throws ProtiumError `busy` when one of them is being deleted; none is held then
 */
export function holdImages(
  images: Pick<Images, 'hold'>,
  { domain, volumes }: Pick<RegisterInput, 'domain' | 'volumes'>,
): () => void {
  const ends: (() => void)[] = [];
  const release = (): void => {
    for (const end of ends.splice(0)) end();
  };
  try {
    for (const { backing } of volumes) {
      // An older daemon's journal knows of no images.
      if (backing === undefined || backing === null) continue;
      const { pool, name } = backing;
      ends.push(images.hold({ volume: { pool, name } }, `creation of "${domain}"`));
    }
  } catch (error) {
    release();
    throw error;
  }
  return release;
}
