import { virError } from '../error-code.ts';
import { LibvirtError, UnsupportedCallError } from '../error.ts';
import type { ViewKind, ViewOf } from './views.ts';

/** Reads the units (see state.ts) of one kind from libvirt. */
export interface KindReader<K extends ViewKind> {
  /** The views of one unit; none: it is gone. `known`: what the view has of it now. */
  readOne(id: string, known: readonly ViewOf[K][]): Promise<readonly ViewOf[K][]>;
  /** Rejects when not even the list can be read. */
  readAll(context: ReadAllContext<K>): Promise<AllUnits<K>>;
}

export interface ReadAllContext<K extends ViewKind> {
  readonly known: (id: string) => readonly ViewOf[K][];
  /** Bounds how many calls are under way. */
  readonly limit: <T>(task: () => Promise<T>) => Promise<T>;
  /** Aborted when the result is no longer wanted. */
  readonly signal: AbortSignal;
}

export interface AllUnits<K extends ViewKind> {
  readonly units: ReadonlyMap<string, readonly ViewOf[K][]>;
  /** Units that are there, but reading them failed. */
  readonly unreadable: ReadonlyMap<string, unknown>;
}

/** What a reader needs besides the client. */
export interface ReaderContext {
  /** ISO time. */
  now(): string;
}

/** Reads each unit on its own; one that fails does not disturb the others. */
export async function readEach<K extends ViewKind>(
  ids: readonly string[],
  read: (id: string) => Promise<readonly ViewOf[K][]>,
  { limit, signal }: Pick<ReadAllContext<K>, 'limit' | 'signal'>,
): Promise<AllUnits<K>> {
  const units = new Map<string, readonly ViewOf[K][]>();
  const unreadable = new Map<string, unknown>();
  await Promise.all(
    ids.map((id) =>
      limit(async () => {
        signal.throwIfAborted();
        try {
          const views = await read(id);
          if (views.length > 0) units.set(id, views);
        } catch (error) {
          unreadable.set(id, error);
        }
      }),
    ),
  );
  signal.throwIfAborted();
  return { units, unreadable };
}

/** null instead of an error that says that the object is not there (any more). */
export async function orGone<T>(call: Promise<T>): Promise<T | null> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof LibvirtError && goneCodes.has(error.code)) return null;
    throw error;
  }
}

/** The fallback where the driver or this kind of libvirt connection has no such call. */
export async function orUnsupported<T>(call: Promise<T>, fallback: T): Promise<T> {
  try {
    return await call;
  } catch (error) {
    if (isUnsupported(error)) return fallback;
    throw error;
  }
}

const goneCodes: ReadonlySet<number> = new Set([
  virError.noDomain,
  virError.noNetwork,
  virError.noStoragePool,
  virError.noStorageVolume,
  virError.noNodeDevice,
]);

function isUnsupported(error: unknown): boolean {
  if (error instanceof UnsupportedCallError) return true;
  return (
    error instanceof LibvirtError &&
    (error.code === virError.noSupport || error.code === virError.operationUnsupported)
  );
}
