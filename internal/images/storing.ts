import type { ImageVolume } from './image.ts';

/** Volumes that are being written: not images yet. */
export interface Storing {
  begin(operationId: string, volume: ImageVolume): void;
  end(operationId: string): void;
  has(volume: ImageVolume): boolean;
}

export function createStoring(): Storing {
  const volumes = new Map<string, string>();
  const keyOf = ({ pool, name }: ImageVolume): string => `${pool}/${name}`;
  return {
    begin: (operationId, volume) => void volumes.set(operationId, keyOf(volume)),
    end: (operationId) => void volumes.delete(operationId),
    has: (volume) => [...volumes.values()].includes(keyOf(volume)),
  };
}
