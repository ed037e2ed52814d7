import { isFinal, type OperationRecord } from '../../../../operations/model.ts';
import type { Operations } from '../../../../operations/operations.ts';

/** What was begun last with an instance. */
export interface LatestOperation {
  readonly id: string;
  readonly kind: string;
  /** It is not over. */
  readonly active: boolean;
}

export interface LatestOperations {
  /** Of the instance of that uuid; null: none is known. Quick: the journal is asked once for each instance. */
  of(uuid: string): LatestOperation | null;
  stop(): void;
}

const prefix = 'instance/';
/** Of instances that went otherwise than by us; there are never so many at once. */
const mostKept = 10_000;

/** Remembers the latest operation of each instance, and follows them. */
export function createLatestOperations(operations: Pick<Operations, 'list' | 'watch'>): LatestOperations {
  const known = new Map<string, (LatestOperation & { readonly createdAt: string }) | null>();
  const note = (record: OperationRecord): void => {
    for (const resource of record.resources) {
      if (!resource.startsWith(prefix)) continue;
      const uuid = resource.slice(prefix.length);
      const before = known.get(uuid) ?? null;
      // Of two that are under way, the one that is being done says more than the one that waits for it.
      const waits = before?.active === true && before.id !== record.id && record.state === 'queued';
      if (waits || (before !== null && before.id !== record.id && before.createdAt > record.createdAt))
        continue;
      if (leavesNone(record)) known.delete(uuid);
      else known.set(uuid, latest(record));
    }
    if (known.size > mostKept) known.clear();
  };
  const stop = operations.watch(null, note);
  return {
    of(uuid) {
      const found = known.get(uuid);
      if (found !== undefined) return found;
      const [record] = operations.list({ resource: prefix + uuid, limit: 1 }).operations;
      const read = record === undefined ? null : latest(record);
      known.set(uuid, read);
      return read;
    },
    stop,
  };
}

/** After it there is no such instance. Whoever asks of it all the same is told by the journal. */
function leavesNone({ kind, state }: OperationRecord): boolean {
  if (kind === 'instance.unregister') return state === 'succeeded';
  return kind === 'instance.register' && isFinal(state) && state !== 'succeeded';
}

function latest({ id, kind, state, createdAt }: OperationRecord) {
  return { id, kind, active: !isFinal(state), createdAt };
}
