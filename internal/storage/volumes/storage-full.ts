import { fromLibvirt } from '../../errors/from-libvirt.ts';
import { ProtiumError } from '../../errors/protium-error.ts';
import type { LibvirtClient } from '../../libvirt/client.ts';
import { virError } from '../../libvirt/error-code.ts';
import { LibvirtError } from '../../libvirt/error.ts';

/** What a copy is to take of a pool, in bytes. */
export interface RoomNeeded {
  readonly pool: string;
  /** Surely. */
  readonly leastBytes: bigint;
  /** If it turns out as large as a guest sees it. */
  readonly mostBytes: bigint;
}

/** Refuses what surely does not fit. */
export async function requireRoom(client: LibvirtClient, needed: RoomNeeded): Promise<void> {
  const available = await availableBytes(client, needed.pool);
  if (available < needed.leastBytes) throw full(needed, available);
}

/**
 * Why a copy failed. libvirt's helpers fail for a full disk with the same code as for all else, so the sizes decide: a failure
 * in a pool that has less room than the copy may take is for want of room.
 */
export async function copyFailure(
  client: LibvirtClient,
  error: unknown,
  needed: RoomNeeded,
  doing: string,
): Promise<ProtiumError> {
  const failure = fromLibvirt(error, doing);
  const isVague =
    error instanceof LibvirtError &&
    (error.code === virError.internalError || error.code === virError.operationFailed);
  if (!isVague) return failure;
  const available = await availableBytes(client, needed.pool).catch(() => null);
  return available === null || available >= needed.mostBytes ? failure : full(needed, available, error);
}

async function availableBytes(client: LibvirtClient, name: string): Promise<bigint> {
  const pool = await client.pools.lookupByName(name);
  await client.pools.refresh(pool).catch(() => undefined);
  return (await client.pools.info(pool)).availableBytes;
}

function full({ pool, leastBytes, mostBytes }: RoomNeeded, available: bigint, cause?: unknown): ProtiumError {
  const range = leastBytes === mostBytes ? `${mostBytes}` : `between ${leastBytes} and ${mostBytes}`;
  return new ProtiumError(
    'storage-full',
    `The pool "${pool}" has ${available} bytes left, and this takes ${range}. Free some, or use another pool.`,
    { cause, details: { pool, availableBytes: String(available), neededBytes: String(mostBytes) } },
  );
}
