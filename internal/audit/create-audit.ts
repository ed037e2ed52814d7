import { AsyncLocalStorage } from 'node:async_hooks';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { escapedFromLibvirt } from '../errors/from-libvirt.ts';
import { ProtiumError } from '../errors/protium-error.ts';
import type { Logger } from '../observability/log.ts';
import type { Database } from '../store/database.ts';
import { writeArchive } from './archive.ts';
import { createAuditStore } from './audit-store.ts';
import type { Audit, AuditVerification, Told } from './audit.ts';
import { followChain, type ChainPlace } from './chain.ts';
import { factsOf, type AuditFacts } from './entry.ts';
import { followOperations, type Begins } from './follow-operations.ts';
import { listAuditEntries } from './query.ts';
import { createRefusalFlood } from './refusal-flood.ts';
import { createAuditWriter } from './writer.ts';

export interface AuditOptions {
  readonly database: Database;
  readonly log: Pick<Logger, 'error' | 'warn' | 'info'>;
  /** Where archives are put. */
  readonly directory: string;
  /** Whether reads are recorded too. */
  readonly reads: boolean;
  readonly clock?: () => Date;
}

const batch = 1000;
const drainMs = 60_000;
const attemptKey = 'attempt/';
const operationKey = 'operation/';

/** Opens the record; attempts that a crash left without an outcome get one. */
export function createAudit({
  database,
  log,
  directory,
  reads,
  clock = () => new Date(),
}: AuditOptions): Audit {
  const store = createAuditStore(database, clock);
  const writer = createAuditWriter({ store, database, log });
  const doing = new AsyncLocalStorage<Begins & { open: boolean }>();
  const known = new WeakSet<object>();
  const flood = createRefusalFlood<AuditFacts>(() => clock().getTime());
  let unfollow = (): void => undefined;

  const tell = (facts: AuditFacts): Promise<void> => writer.tell({ facts });
  const tellFlood = (all = false): void => {
    for (const { refusal, count } of flood.drain(all)) void tell({ ...refusal, count });
  };
  const drain = setInterval(tellFlood, drainMs).unref();

  const leftOpen = store.open();
  for (const { key, facts } of leftOpen) {
    if (!key.startsWith(attemptKey)) continue;
    const attempt = Number(key.slice(attemptKey.length));
    void writer.tell({ facts: { ...facts, event: 'outcome', result: 'interrupted', attempt }, closes: key });
  }

  const verify = async (noted?: ChainPlace, signal?: AbortSignal): Promise<AuditVerification> => {
    const base = store.base();
    let head = base;
    let entries = 0;
    let passed = noted === undefined || isSame(noted, base);
    for (;;) {
      signal?.throwIfAborted();
      const part = store.after(head.sequence, batch);
      if (part.length === 0) break;
      const { last, count, problem } = followChain(part, head);
      head = last ?? head;
      entries += count;
      if (problem !== null) return { entries, base, head, problem };
      passed ||= noted !== undefined && part.some((entry) => isSame(noted, entry));
      await nextTurn();
    }
    const problem =
      passed || noted === undefined
        ? null
        : noted.sequence < base.sequence
          ? `Entry ${noted.sequence} was archived: verify it with its file.`
          : `The record does not lead through entry ${noted.sequence} with that hash: it was cut off, or is another.`;
    return { entries, base, head, problem };
  };

  return {
    async recorded(action, work, told) {
      const attempt = await writer.demand({ facts: factsOf('attempt', action), opens: 'attempt' });
      const begins = { action, operations: new Set<string>(), open: true };
      const ended = async ({ result = 'ok', ...subject }: Told): Promise<void> => {
        begins.open = false;
        const operation = [...begins.operations].join(' ').slice(0, 1000);
        const as = { ...action, subject: { ...action.subject, ...subject } };
        await writer.tell({
          facts: factsOf('outcome', as, { result, operation, attempt }),
          closes: `${attemptKey}${attempt}`,
        });
      };
      let answer;
      try {
        answer = await doing.run(begins, async () => work());
      } catch (error) {
        if (typeof error === 'object' && error !== null) known.add(error);
        await ended({ result: codeOf(error) });
        throw error;
      }
      await ended(told?.(answer) ?? {});
      return answer;
    },
    async refused(action, error) {
      known.add(error);
      const facts = factsOf('refusal', action, { result: error.code });
      if (flood.admit(hostOf(action.actor.address), facts)) await tell(facts);
    },
    async read(action) {
      if (reads) await writer.demand({ facts: factsOf('read', action, { result: 'ok' }) });
    },
    knows: (error) => typeof error === 'object' && error !== null && known.has(error),
    list: (query) => listAuditEntries(database, query),
    verify,
    async archive(action, before, { validateOnly }) {
      const { problem } = await verify();
      if (problem !== null) {
        throw new ProtiumError('state-conflict', `The record is damaged and stays as it is. ${problem}`);
      }
      const through = store.lastBefore(before);
      const first = store.base().sequence + 1;
      if (through === null) {
        throw new ProtiumError('state-conflict', `The record has no entry that is older than ${before}.`);
      }
      const entries = through - first + 1;
      if (validateOnly) return { file: null, sha256: '', entries, first, last: through };
      const file = writeArchive(store, directory, through);
      const subject = { ...action.subject, kind: 'audit', id: `${first}-${through}` };
      store.archived(
        { through: file.through, file: file.path, sha256: file.sha256 },
        { facts: factsOf('archive', { ...action, subject }, { result: 'ok', count: entries }) },
      );
      log.info({ file: file.path, entries }, 'entries of the audit record were archived');
      return { file: file.path, sha256: file.sha256, entries, first, last: through };
    },
    follow(operations) {
      unfollow = followOperations(operations, {
        tell: (draft) => void writer.tell(draft),
        current: () => {
          const begins = doing.getStore();
          return begins?.open === true ? begins : null;
        },
        open: leftOpen.flatMap(({ key, facts }) =>
          key.startsWith(operationKey) ? [{ id: key.slice(operationKey.length), facts }] : [],
        ),
      });
    },
    stop() {
      unfollow();
      clearInterval(drain);
      tellFlood(true);
      writer.stop();
    },
  };
}

function isSame(one: ChainPlace, other: ChainPlace): boolean {
  return one.sequence === other.sequence && one.hash === other.hash;
}

/** The code of what a caller is told. */
function codeOf(error: unknown): string {
  if (error instanceof ProtiumError) return error.code;
  return escapedFromLibvirt(error)?.code ?? 'internal';
}

/** Of `192.0.2.7:50122` and `[::1]:50122` without the port, which changes. */
function hostOf(address: string): string {
  return address.replace(/^(?:ipv[46]:)?(.*?)(?::\d+)?$/, '$1');
}
