import { InvalidArgumentError } from 'commander';

/** A volume as the command line names it. */
export interface VolumePlace {
  readonly pool: string;
  readonly name: string;
}

/** `POOL/NAME`. */
export function parseVolume(text: string): VolumePlace {
  const [, pool = '', name = ''] = /^([^/]+)\/([^/]+)$/.exec(text) ?? [];
  if (pool === '') throw new InvalidArgumentError('A volume is named POOL/NAME.');
  return { pool, name };
}
