import { ProtiumError } from '../errors/protium-error.ts';
import type { ImageVolume } from './image.ts';

/** Which volumes are about to be used, and which about to go; kept in memory, as operations run in this process alone. */
export interface ImageHolds {
  /** Returns the function that ends it. Throws `busy` while the volume is being deleted. */
  hold(volume: ImageVolume, user: string): () => void;
  usersOf(volume: ImageVolume): readonly string[];
  /** No new holds until the function that it returns is called. */
  close(volume: ImageVolume): () => void;
}

export function createImageHolds(): ImageHolds {
  const users = new Map<string, Set<{ readonly user: string }>>();
  const closed = new Map<string, number>();
  const keyOf = ({ pool, name }: ImageVolume): string => `${pool}/${name}`;
  return {
    hold(volume, user) {
      const key = keyOf(volume);
      if (closed.has(key)) {
        throw new ProtiumError('busy', 'The image is being deleted.', { details: { volume: key } });
      }
      const entry = { user };
      const entries = users.get(key) ?? new Set();
      users.set(key, entries.add(entry));
      return () => {
        entries.delete(entry);
        if (entries.size === 0 && users.get(key) === entries) users.delete(key);
      };
    },
    usersOf: (volume) => [...(users.get(keyOf(volume)) ?? [])].map(({ user }) => user),
    close(volume) {
      const key = keyOf(volume);
      closed.set(key, (closed.get(key) ?? 0) + 1);
      let open = false;
      return () => {
        if (open) return;
        open = true;
        const left = (closed.get(key) ?? 1) - 1;
        if (left === 0) closed.delete(key);
        else closed.set(key, left);
      };
    },
  };
}
