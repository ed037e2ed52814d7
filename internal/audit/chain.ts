import { createHash } from 'node:crypto';
import type { AuditEntry } from './entry.ts';

/** What the first entry of all follows. */
export const genesis = '0'.repeat(64);

/** A place in the chain: the hash tells all that came before. */
export interface ChainPlace {
  readonly sequence: number;
  readonly hash: string;
}

/** Hash of an entry that follows another. The order of the fields is part of the format (docs/audit.md). */
export function hashOf(before: string, entry: Omit<AuditEntry, 'hash'>): string {
  const fields = [
    before,
    entry.sequence,
    entry.time,
    entry.event,
    entry.requestId,
    entry.user,
    entry.way,
    entry.credential,
    entry.address,
    entry.method,
    entry.objectKind,
    entry.object,
    entry.project,
    entry.result,
    entry.operation,
    entry.attempt,
    entry.count,
  ];
  return createHash('sha256').update(JSON.stringify(fields)).digest('hex');
}

/** Why an entry does not follow that place; null: it does. */
function breakAt({ sequence, hash }: ChainPlace, entry: AuditEntry): string | null {
  if (entry.sequence !== sequence + 1) {
    return `Entry ${sequence + 1} is missing: ${entry.sequence} follows ${sequence}.`;
  }
  if (entry.hash !== hashOf(hash, entry)) {
    return `Entry ${entry.sequence} is not what was written: it does not fit its hash.`;
  }
  return null;
}

/**
 * Follows a chain.
 *
 * @param from what the first entry follows; null: the first entry is taken as it is, and only what follows it is checked
 * @returns where the chain ends or breaks
 */
export function followChain(
  entries: Iterable<AuditEntry>,
  from: ChainPlace | null,
): { readonly last: ChainPlace | null; readonly count: number; readonly problem: string | null } {
  let last = from;
  let count = 0;
  for (const entry of entries) {
    const problem = last === null ? null : breakAt(last, entry);
    if (problem !== null) return { last, count, problem };
    last = { sequence: entry.sequence, hash: entry.hash };
    count += 1;
  }
  return { last, count, problem: null };
}
