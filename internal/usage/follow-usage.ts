import { randomUUID } from 'node:crypto';
import type { InstanceRecords } from '../instances/records.ts';
import { systemClock, type Clock } from '../libvirt/live-view/clock.ts';
import type { LiveView } from '../libvirt/live-view/live-view.ts';
import type { DomainView } from '../libvirt/live-view/views.ts';
import type { Logger } from '../observability/log.ts';
import type { Now } from './moment.ts';
import { begun, ended, ranBy, settle, type Run } from './run.ts';
import type { RunStore } from './run-store.ts';
import { flavorOfTags, type Usage, type UsageRecord } from './usage.ts';

export interface UsageOptions {
  readonly view: Pick<LiveView, 'status' | 'domains' | 'domain' | 'onChange'>;
  readonly records: Pick<InstanceRecords, 'of'>;
  readonly store: RunStore;
  readonly now: Now;
  readonly clock?: Clock;
  /** What an hour of a flavor costs; 0: there is no such flavor. Rejects when that cannot be told now: it is asked again. */
  readonly priceOf: (flavor: string) => Promise<number>;
  /** The subscription on which an instance lives; null: none. */
  readonly subscriptionOf: (instance: string) => string | null;
  readonly log: Pick<Logger, 'error' | 'warn'>;
}

export interface FollowedUsage extends Usage {
  /** Begins to follow. What an earlier daemon left open goes on if its domain runs; else it ended when it was last seen. */
  start(): void;
  /** Notes what runs, and ends. */
  stop(): void;
  /** To be called when a subscription begins or ends to pay for the instance: the run so far ends, and another one begins. */
  recharge(instance: string): void;
}

/** How often it is noted that what runs still runs: so much is lost at most when all is lost. */
const heartbeatMs = 30_000;

/** Follows what runs, by the live view. */
export function createUsage(options: UsageOptions): FollowedUsage {
  const { view, records, store, now, clock = systemClock, log } = options;
  const open = new Map(store.open().map((run) => [run.instance, run]));
  /** Runs of an earlier daemon that were not looked at yet: what became of them in between, nobody saw. */
  const left = new Set(open.keys());
  let ends: (() => void)[] = [];

  /** All is known of libvirt, at this moment. */
  const isFollowed = (): boolean => {
    const { connected, ageMs } = view.status();
    return connected && ageMs === 0;
  };

  const newRun = (domain: DomainView, domainId: number, lastEndedAt: number | null): Run | null => {
    const record = records.of(domain);
    if (record === null) return null;
    const flavor = flavorOfTags(record.spec.tags);
    const subscription = options.subscriptionOf(domain.uuid);
    const shared = { owner: record.owner, instance: domain.uuid, name: record.name, tag: domain.description };
    const run = { id: randomUUID(), ...shared, flavor, subscription, pricePerHour: null };
    return priced(begun(run, { moment: now(), domainId }, lastEndedAt));
  };
  const priced = (run: Run): Run => {
    if (run.pricePerHour !== null) return run;
    if (run.flavor === null || run.subscription !== null) return { ...run, pricePerHour: 0 };
    return { ...run, pricePerHour: store.firstPriceOf(run.instance, run.flavor) };
  };
  const described = (run: Run, domain: DomainView | undefined): Run => {
    const record = domain === undefined ? null : records.of(domain);
    if (domain === undefined || record === null) return run;
    return { ...run, name: record.name, tag: domain.description };
  };

  /** What is to be written of an instance. */
  const look = (uuid: string): readonly Run[] => {
    const domain = view.domain(uuid);
    const domainId = domain?.uuid === uuid ? domain.id : null;
    const before = open.get(uuid);
    const wasLeft = left.delete(uuid);
    const followed = isFollowed() && !wasLeft;
    const lastEnd = store.lastEndOf(uuid);
    const changes: Run[] = [];
    if (before !== undefined) {
      const settled = settle(before, { domainId, followed }, now(), lastEnd);
      const charged = before.subscription === options.subscriptionOf(uuid);
      const run = priced(described(charged || settled.endedAt !== null ? settled : ended(settled), domain));
      changes.push(run);
      if (run.endedAt === null) return changes;
    }
    if (domain?.uuid === uuid && domainId !== null) {
      const next = newRun(domain, domainId, changes[0]?.endedAt ?? lastEnd);
      if (next !== null) changes.push(next);
    }
    return changes;
  };
  const write = (changes: readonly Run[]): void => {
    if (changes.length === 0) return;
    store.write(changes);
    for (const run of changes) {
      if (run.endedAt === null) open.set(run.instance, run);
      else if (open.get(run.instance)?.id === run.id) open.delete(run.instance);
    }
    for (const run of changes) if (run.pricePerHour === null) void findPrice(run);
  };
  /** Finds out what is charged for it, if that is not known. */
  const findPrice = async ({ id, instance, flavor }: Run): Promise<void> => {
    try {
      const pricePerHour = flavor === null ? 0 : await options.priceOf(flavor);
      if (isEnded) return;
      store.setPrice(id, pricePerHour);
      const run = open.get(instance);
      if (run?.id === id) open.set(instance, { ...run, pricePerHour });
    } catch (error) {
      log.warn({ err: error, flavor }, 'the price of a flavor is not known yet; it is asked for again');
    }
  };
  /** Everything that runs or was running. Without libvirt nothing is known, so nothing is noted. */
  const lookAtAll = (): void => {
    if (!isFollowed()) return;
    const running = view.domains().filter(({ id }) => id !== null);
    const uuids = new Set([...open.keys(), ...running.map(({ uuid }) => uuid)]);
    write([...uuids].flatMap((uuid) => look(uuid)));
  };
  const attempt = (what: () => void): void => {
    try {
      what();
    } catch (error) {
      log.error({ err: error }, 'what runs could not be noted; it is tried again');
    }
  };
  let isEnded = false;
  let cancelBeat: () => void = () => undefined;
  const beat = (): void => {
    attempt(lookAtAll);
    attempt(() => store.unpriced().forEach((run) => void findPrice(run)));
    cancelBeat = clock.after(heartbeatMs, beat);
  };

  return {
    list({ owner, from, to }) {
      const query = {
        ...(owner !== undefined && { owner }),
        ...(from !== undefined && { from: Date.parse(from) }),
        ...(to !== undefined && { to: Date.parse(to) }),
      };
      const isNow = isFollowed();
      return store.list(query).map((run) => recordOf(run, isNow ? ranBy(run, now()) : run.ran));
    },
    running: () => open.size,
    start() {
      ends = [
        view.onChange(({ kind, id }) => {
          if (kind === 'domain') attempt(() => write(look(id)));
        }),
        () => cancelBeat(),
      ];
      beat();
    },
    stop() {
      for (const end of ends.splice(0)) end();
      attempt(lookAtAll);
      isEnded = true;
    },
    recharge(instance) {
      // Else it is seen as soon as libvirt is back.
      if (isFollowed()) attempt(() => write(look(instance)));
    },
  };
}

function recordOf(run: Run, ranMs: number): UsageRecord {
  return {
    id: run.id,
    owner: run.owner,
    instance: run.instance,
    name: run.name,
    tag: run.tag,
    flavor: run.flavor,
    subscription: run.subscription,
    pricePerHour: run.pricePerHour ?? 0,
    startedAt: new Date(run.startedAt).toISOString(),
    endedAt: run.endedAt === null ? null : new Date(run.endedAt).toISOString(),
    seconds: Math.floor(ranMs / 1000),
  };
}
