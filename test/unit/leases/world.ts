import type { LeasePolicy } from '../../../internal/leases/policy.ts';
import { createReclaim } from '../../../internal/leases/reclaim.ts';
import { createAnnounce } from '../../../internal/leases/announce.ts';
import { createBackfillKeeper } from '../../../internal/leases/backfill-keeper.ts';
import { bindDevices } from '../../../internal/leases/bind-devices.ts';
import { leaseCapacity } from '../../../internal/leases/capacity.ts';
import { createLeases } from '../../../internal/leases/create-leases.ts';
import { createLeaseDeeds } from '../../../internal/leases/deeds.ts';
import { createCurrentCapacity } from '../../../internal/leases/holds.ts';
import { createLeaseKeeper, type LeaseKeeper } from '../../../internal/leases/keeper.ts';
import type { BookedLease, LeaseCapacity } from '../../../internal/leases/lease.ts';
import type { LeaseInstances } from '../../../internal/leases/lease-instances.ts';
import type { LeaseRecord } from '../../../internal/leases/lease-record.ts';
import type { CreateLease, Leases } from '../../../internal/leases/leases.ts';
import { leaseRules } from '../../../internal/leases/lease-rules.ts';
import { leasePolicyOf } from '../../../internal/leases/policy-settings.ts';
import type { HostEvent } from '../../../internal/events/event-log.ts';
import type { HostFacts } from '../../../internal/host/facts.ts';
import { refusedByHost } from '../../../internal/instances/changes/refused-by-host.ts';
import type { RegisterOutcome } from '../../../internal/instances/instance.ts';
import { readSpec } from '../../../internal/spec/read-spec.ts';
import type { Spec } from '../../../internal/spec/spec.ts';
import { fakeHost, type FakeHost } from '../instances/fake-host.ts';
import { databasePath } from '../operations/fixture.ts';
import { silent } from '../operations/fixture-log.ts';
import { card, machine } from '../placement/hosts.ts';

export const owner = 'f'.repeat(32);
export const minute = 60_000;
export const hour = 60 * minute;
/** When the world begins: a whole hour. */
export const t0 = Date.UTC(2026, 0, 1);

export const gpu = {
  slots: 1,
  allowSMT: true,
  overprovision: 4,
  ramsize: 1024,
  pci: [{ vendor: '10de', model: '2489' }],
};
export const plain = { slots: 1, allowSMT: true, overprovision: 2, ramsize: 1024 };

export function specOf(config: object): Spec {
  const read = readSpec(config);
  if (!read.ok) throw new Error(JSON.stringify(read.errors));
  return read.spec;
}

export interface LeaseWorld {
  readonly host: FakeHost;
  readonly leases: Leases;
  readonly keeper: LeaseKeeper;
  readonly events: HostEvent[];
  readonly posted: { readonly event: string; readonly body: object }[];
  /** What guests were told, and what was done with instances, in order. */
  readonly done: string[];
  /** While set, launching fails so. */
  failLaunch: Error | null;
  /** While set, stopping fails so. */
  stopFailure: Error | null;
  /** While set, a snapshot fails so. */
  snapshotFailure: Error | null;
  /** Ends of guests wait until it is called. */
  holdStops(): () => void;
  book(
    name: string,
    config: object,
    at: readonly [start: number | null, end: number],
    more?: Partial<CreateLease>,
  ): Promise<LeaseRecord>;
  run(name: string, config: object, more?: object): Promise<RegisterOutcome>;
  reclaim(uuid: string, dryRun?: boolean): Promise<readonly string[]>;
  state(id: string): string;
  lease(id: string): LeaseRecord;
  /** Time passes, with everything that falls due on the way. */
  until(at: number): Promise<void>;
  /** What is being done comes to its end; time stands still. */
  settle(): Promise<void>;
  /** The daemon ends without a word, and another one comes at that time, on the same state. */
  restart(at: number, options?: { readonly bootId?: string }): Promise<LeaseWorld>;
}

interface Timer {
  readonly at: number;
  readonly callback: () => void;
}

/** One card of 10de:2489, four cores. */
export function leaseWorld(
  facts: HostFacts = machine({ coresPerNode: 4, memoryMib: 16_384, pci: card('0000:01:00', 10) }),
  before: {
    readonly path?: string;
    readonly host?: FakeHost;
    readonly now?: number;
    readonly bootId?: string;
    readonly policy?: unknown;
    readonly quotaOfUser?: LeasePolicy['quotaOfUser'];
  } = {},
): LeaseWorld {
  const path = before.path ?? databasePath();
  const host = before.host ?? fakeHost(facts, path);
  const { store, timed, book, holds, time } = host.leases;
  time.now = before.now ?? t0;
  const now = () => time.now;
  const timers = new Set<Timer>();
  const events: HostEvent[] = [];
  const posted: { event: string; body: object }[] = [];
  const done: string[] = [];
  let gate: Promise<void> = Promise.resolve();
  let dead = false;

  const doing: LeaseInstances = {
    state(uuid) {
      const domain = host.domains.get(uuid);
      if (domain !== undefined) return domain.running ? 'on' : 'off';
      return host.instances.uuidOfUnmade(uuid) === undefined ? 'absent' : 'off';
    },
    async launch({ lease, devices, ...request }) {
      if (world.failLaunch !== null) throw world.failLaunch;
      const outcome = await host.instances.register({
        ...request,
        lease,
        idempotencyKey: `lease ${lease}`,
        ...(devices === null ? {} : { leasedDevices: devices }),
      });
      if (outcome.outcome === 'refused') throw refusedByHost(outcome.refusal);
      done.push(`launch ${request.name}`);
      return outcome.instance.uuid;
    },
    switchOn(uuid) {
      done.push('switch on');
      host.setRunning(uuid, true);
      return Promise.resolve();
    },
    async stop(uuid, timeoutMs) {
      await gate;
      if (dead) return new Promise(() => undefined);
      if (world.stopFailure !== null) throw world.stopFailure;
      done.push(`stop within ${timeoutMs}`);
      host.setRunning(uuid, false);
      return { forced: timeoutMs === 0 };
    },
    snapshot(_uuid, name) {
      if (world.snapshotFailure !== null) return Promise.reject(world.snapshotFailure);
      done.push(`snapshot ${name}`);
      return Promise.resolve();
    },
    async remove(uuid) {
      const { done: removed } = await host.instances.remove(uuid, { purge: true });
      await removed;
      done.push('remove');
    },
    tell(_uuid, text) {
      done.push(`tell ${text}`);
      return Promise.resolve();
    },
  };
  const announce = createAnnounce({
    events: { append: (event) => void events.push(event) },
    post: ({ event, ...body }) => {
      posted.push({ event: String(event), body });
      return Promise.resolve();
    },
    now,
    log: silent as never,
  });
  const situation = () => host.instances.situation();
  const capacity = createCurrentCapacity({ store, timed, capacityOf: leaseCapacity, situation });
  const bind = (lease: BookedLease, there: LeaseCapacity) => {
    const hours = store.deviceHours();
    const bound = bindDevices(
      lease,
      there,
      book.meeting(lease.interval),
      (address) => hours.get(address) ?? 0,
    );
    return bound.ok ? bound.devices : null;
  };
  const bootId = before.bootId ?? 'boot-1';
  const locks = host.operations.locks;
  const deeds = createLeaseDeeds({
    store,
    timed,
    book,
    instances: doing,
    announce,
    locks,
    bind: (lease) => bind(lease, capacity()),
    check: (spec, options) => host.instances.check(spec, options),
    bootId,
    now,
    log: silent as never,
  });
  const backfill = createBackfillKeeper({
    timed,
    book,
    instances: doing,
    announce,
    times: () => ({ stopBeforeMs: minute, warnBeforeMs: [10 * minute] }),
    outlook: (uuid) => {
      const instance = host.instances.get(uuid);
      if (instance === undefined) return Promise.resolve({ kind: 'free' });
      const { facts: there, ...rest } = situation();
      const { spec, plan } = instance;
      return Promise.resolve(
        holds.outlook({ spec, plan, instance: uuid, permanent: false }, { host: there, ...rest }),
      );
    },
    now,
    log: silent as never,
  });
  const keeper = createLeaseKeeper({
    store,
    deeds,
    backfill,
    clock: {
      now,
      after(milliseconds, callback) {
        const timer = { at: time.now + milliseconds, callback };
        timers.add(timer);
        return () => timers.delete(timer);
      },
    },
    bootId,
    sees: () => true,
    log: silent as never,
  });
  const leases = createLeases({
    store,
    book,
    capacity,
    locks,
    check: (spec) => host.instances.check(spec),
    rules: () =>
      Promise.resolve(
        leaseRules(
          {
            ...leasePolicyOf(before.policy, 'the test'),
            ...(before.quotaOfUser === undefined ? {} : { quotaOfUser: before.quotaOfUser }),
          },
          new Set(['10de:2489']),
        ),
      ),
    bind,
    announce,
    onChange: () => keeper.poke(),
    ready: () => Promise.resolve(),
    requestKey: new Uint8Array(32),
    now,
  });

  const fireDue = (): boolean => {
    const due = [...timers].filter(({ at }) => at <= time.now);
    for (const timer of due) if (timers.delete(timer)) timer.callback();
    return due.length > 0;
  };
  const settle = async (): Promise<void> => {
    do {
      await new Promise((resolve) => setImmediate(resolve));
      await keeper.idle();
    } while (fireDue());
  };

  const world: LeaseWorld = {
    host,
    leases,
    keeper,
    events,
    posted,
    done,
    failLaunch: null,
    stopFailure: null,
    snapshotFailure: null,
    holdStops() {
      let open = (): void => undefined;
      gate = new Promise((resolve) => (open = resolve));
      return () => open();
    },
    async book(name, config, [start, end], more = {}) {
      const { leases: made } = await leases.create({
        owner,
        name,
        wish: { spec: { ...specOf(config), name }, flavor: null, namedDevices: [] },
        start,
        end,
        durationMs: 0,
        launch: true,
        endAction: 'stop',
        graceMs: 2 * minute,
        warnBeforeMs: [],
        repeat: null,
        idempotencyKey: '',
        validateOnly: false,
        ...more,
      });
      const [first] = made;
      if (first === undefined) throw new Error('nothing was booked');
      return first;
    },
    run: (name, config, more = {}) =>
      host.instances.register({
        owner,
        name,
        spec: { ...specOf(config), name },
        idempotencyKey: name,
        ...more,
      }),
    reclaim: (uuid, dryRun = false) =>
      createReclaim({
        store,
        timed,
        book,
        holds,
        locks,
        instance: (id) => host.instances.get(id),
        situation,
      })(uuid, dryRun),
    state: (id) => store.get(id)?.state ?? 'gone',
    lease(id) {
      const found = store.get(id);
      if (found === undefined) throw new Error(`no lease ${id}`);
      return found;
    },
    async until(at) {
      await settle();
      for (;;) {
        const next = Math.min(...[...timers].map((timer) => timer.at));
        if (next > at) break;
        time.now = Math.max(time.now, next);
        fireDue();
        await settle();
      }
      time.now = at;
      await settle();
    },
    settle,
    async restart(at, options = {}) {
      dead = true;
      timers.clear();
      const next = leaseWorld(facts, { path, host, now: at, ...options });
      next.keeper.start();
      await next.settle();
      return next;
    },
  };
  return world;
}

export function uuidOf(outcome: RegisterOutcome): string {
  if (outcome.outcome === 'refused') throw new Error(JSON.stringify(outcome.refusal));
  return outcome.instance.uuid;
}
