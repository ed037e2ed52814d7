import { createHash } from 'node:crypto';
import { pipeline } from 'node:stream/promises';
import { byteProgress, type FetchRun } from '../../images/fetch/fetch-content.ts';
import type { LibvirtClient } from '../../libvirt/client.ts';
import { existingVolume, type VolumePlace } from './volume-place.ts';

/** sha256 of the first bytes of a volume as they are stored, hexadecimal. Rejects as the client's calls do. */
export async function digestOf(
  client: LibvirtClient,
  place: VolumePlace,
  lengthBytes: bigint,
  { signal, progress }: Pick<FetchRun, 'signal' | 'progress'>,
): Promise<string> {
  const hash = createHash('sha256');
  // libvirt takes a length of 0 for all.
  if (lengthBytes === 0n) return hash.digest('hex');
  const stream = await client.volumes.download(await existingVolume(client, place), {
    offset: 0n,
    length: lengthBytes,
  });
  const report = byteProgress(progress);
  let bytes = 0;
  stream.on('data', (chunk: Buffer) => report((bytes += chunk.length), Number(lengthBytes)));
  await pipeline(stream, hash, { signal });
  return hash.digest('hex');
}
