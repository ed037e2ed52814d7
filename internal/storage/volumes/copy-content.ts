import { createHash } from 'node:crypto';
import { Transform, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ProtiumError } from '../../errors/protium-error.ts';
import { byteProgress, type FetchRun } from '../../images/fetch/fetch-content.ts';
import { readQcow2Header } from '../../images/inspect/qcow2-header.ts';
import type { LibvirtClient } from '../../libvirt/client.ts';
import type { VolumeRef } from '../../libvirt/objects.ts';
import { serializeXml } from '../../xml/serialize.ts';
import { readVolume, volumeElement } from '../../xml/volume.ts';
import { longCall } from './create-volume.ts';
import { copyFailure, requireRoom } from './storage-full.ts';
import { existingVolume, type VolumePlace } from './volume-place.ts';

export interface ContentCopy extends Pick<FetchRun, 'signal' | 'progress'> {
  readonly client: LibvirtClient;
  readonly source: VolumePlace;
  readonly target: VolumePlace;
}

/** `sha256` null: libvirt copied it, and nobody has seen the bytes. */
export interface CopiedContent {
  readonly lengthBytes: string;
  readonly sha256: string | null;
}

/**
 * Makes a volume with the same bytes. Raw ones are copied by libvirt, which leaves out what is empty; of the others, which
 * are files of a format, libvirt would only copy what a guest sees, so their bytes go through here: layers stay layers,
 * snapshots and compression are kept.
 */
export async function copyContent(copy: ContentCopy): Promise<CopiedContent> {
  const { client, source, target, signal } = copy;
  const from = await existingVolume(client, source);
  const volume = readVolume(await client.volumes.xml(from));
  const { format, capacityBytes, physicalBytes } = volume;
  const isRaw = format === null || format === 'raw';
  const length = (isRaw ? capacityBytes : (physicalBytes ?? capacityBytes)) ?? 0n;
  const leastBytes = isRaw ? smaller(volume.allocationBytes ?? 0n, length) : length;
  const needed = { pool: target.pool, leastBytes, mostBytes: length };
  await requireRoom(client, needed);
  try {
    const sha256 = isRaw ? await cloneRaw(copy, from, length) : await copyFile(copy, from, length);
    return { lengthBytes: String(length), sha256 };
  } catch (error) {
    signal.throwIfAborted();
    throw await copyFailure(client, error, needed, 'copy the volume');
  }
}

async function cloneRaw(
  { client, target, signal }: ContentCopy,
  from: VolumeRef,
  length: bigint,
): Promise<null> {
  const document = volumeElement({ name: target.name, capacityBytes: length, format: 'raw' });
  const pool = await client.pools.lookupByName(target.pool);
  await client.volumes.clone(pool, serializeXml(document), from, {}, { ...longCall, signal });
  return null;
}

async function copyFile(
  { client, target, signal, progress }: ContentCopy,
  from: VolumeRef,
  length: bigint,
): Promise<string> {
  await requireSelfContained(client, from, length);
  // Made empty and raw; libvirt finds out the format when it reads the pool again, at the end of the upload.
  const document = volumeElement({ name: target.name, capacityBytes: 0n, format: 'raw' });
  const made = await client.volumes.create(
    await client.pools.lookupByName(target.pool),
    serializeXml(document),
  );
  const source = await client.volumes.download(from, { offset: 0n, length: 0n });
  const sink = await client.volumes.upload(made, { offset: 0n, length: 0n });
  const hash = createHash('sha256');
  const report = byteProgress(progress);
  let bytes = 0;
  const seen = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      report((bytes += chunk.length), Number(length));
      done(null, chunk);
    },
  });
  await pipeline(source, seen, sink, { signal });
  if (BigInt(bytes) !== length) {
    throw new ProtiumError(
      'state-conflict',
      `The volume "${from.name}" had ${length} bytes and now has ${bytes}: something writes to it. Nothing was moved.`,
    );
  }
  return hash.digest('hex');
}

/** Longer than any header with its extensions; names of backing files lie in it. */
const headBytes = 65_536n;

/** @throws ProtiumError `unsupported` for what would mean something else in another directory */
async function requireSelfContained(client: LibvirtClient, from: VolumeRef, length: bigint): Promise<void> {
  if (length === 0n) return;
  const head = await bytesOf(
    await client.volumes.download(from, { offset: 0n, length: smaller(headBytes, length) }),
  );
  const header = readQcow2Header(head);
  if (header === null) return;
  const { offset, length: nameLength } = header.backingFile;
  const name = head.toString('utf8', Number(offset), Number(offset) + nameLength);
  // QEMU takes a name for one of a protocol when a colon comes before any slash.
  const isRelative = header.hasBackingFile && !name.startsWith('/') && !/^[^/]*:/.test(name);
  if (!isRelative && !header.hasDataFile) return;
  throw new ProtiumError(
    'unsupported',
    isRelative
      ? `The volume "${from.name}" lies on a file that it names from where it is ("${name}"): it cannot be moved. Clone it instead.`
      : `The volume "${from.name}" keeps its data in another file: it cannot be moved. Clone it instead.`,
  );
}

async function bytesOf(stream: Readable): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function smaller(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}
