import { ProtiumError } from '../errors/protium-error.ts';
import type { KeyedLock } from '../operations/keyed-lock.ts';
import type { PlacementAnswer } from '../placement/plan.ts';
import type { Spec } from '../spec/spec.ts';
import { keptPlan } from '../subscriptions/subscription-store.ts';
import { refusedByHost } from '../instances/changes/refused-by-host.ts';
import type { Logger } from '../observability/log.ts';
import type { Announce } from './announce.ts';
import { endInstance } from './end-instance.ts';
import type { LeaseDeeds } from './keeper.ts';
import type { LeaseBook } from './lease.ts';
import type { LeaseInstances } from './lease-instances.ts';
import { isInterrupted } from './interrupted.ts';
import { isLive, type LeaseRecord } from './lease-record.ts';
import type { LeaseStore } from './lease-store.ts';
import { bareSpec, launchedSpec, withoutSecretsOf } from './launch-config.ts';
import { shownTime } from './shown-time.ts';
import { pauseMs } from './steps.ts';
import type { TimedInstanceStore } from './timed-instance-store.ts';

export interface LeaseDeedsOptions {
  readonly store: LeaseStore;
  readonly timed: TimedInstanceStore;
  readonly book: Pick<LeaseBook, 'put' | 'remove'>;
  readonly instances: LeaseInstances;
  readonly announce: Announce;
  /** As instances are placed with. */
  readonly locks: KeyedLock;
  /** The devices that it is to get; null: whichever suit. */
  readonly bind: (lease: LeaseRecord) => readonly string[] | null;
  /** A place for what is held only. */
  readonly check: (
    spec: Spec,
    options: { readonly lease: string; readonly leasedDevices?: readonly string[] },
  ) => Promise<PlacementAnswer>;
  readonly bootId: string;
  readonly now: () => number;
  readonly log: Logger;
}

/** Starts, warns and ends leases. Each may be cut short and done again: what is done already is found done. */
export function createLeaseDeeds(options: LeaseDeedsOptions): LeaseDeeds {
  const { store, book, instances, announce, locks, check, now, log } = options;

  const launch = async (lease: LeaseRecord): Promise<void> => {
    const { id, owner, creator, name } = lease;
    const spec = launchedSpec(lease);
    const request = { lease: id, owner, ...(creator === undefined ? {} : { creator }), name, spec };
    const uuid = await onBoundDevices(lease, (devices) => instances.launch({ ...request, devices }));
    if (instances.state(uuid) === 'off') await instances.switchOn(uuid);
  };

  /** On the devices that suit best; on others where these are not to be had, unless they were named. */
  const onBoundDevices = async <T>(
    lease: LeaseRecord,
    place: (devices: readonly string[] | null) => Promise<T>,
  ): Promise<T> => {
    const devices = options.bind(lease);
    if (devices === null || devices.length === 0) return place(null);
    try {
      return await place(devices);
    } catch (error) {
      const named = lease.demand.namedDevices.length > 0;
      if (named || !(error instanceof ProtiumError && error.code === 'host-incapable')) throw error;
      return place(null);
    }
  };

  const hold = async (lease: LeaseRecord): Promise<void> => {
    // Somebody has placed an instance on it already.
    if (lease.instance !== null) return;
    await locks.run(['allocation'], () =>
      onBoundDevices(lease, async (devices) => {
        const { id } = lease;
        const answer = await check(bareSpec(lease.demand), {
          lease: id,
          ...(devices === null ? {} : { leasedDevices: devices }),
        });
        if (!answer.ok) throw refusedByHost(answer.refusal);
        if (store.get(id)?.state !== 'pending') return;
        const bound = answer.plan.pci.map(({ address }) => address).sort();
        book.put(store.update(id, { held: keptPlan(answer.plan), devices: bound }));
      }),
    );
  };

  const failed = (lease: LeaseRecord, error: unknown): void => {
    if (isInterrupted(error)) return;
    const current = store.get(lease.id);
    if (current === undefined || !isLive(current)) return;
    const attempts = current.attempts + 1;
    const problem = error instanceof Error ? error.message : String(error);
    const changed = store.update(lease.id, { attempts, problem, retryAt: now() + pauseMs(attempts) });
    log.warn({ err: error, lease: lease.id, attempts }, 'a lease could not be started or ended');
    // The first of a row is news, the rest is not.
    if (attempts === 1 && current.state === 'pending') void announce.lease(changed, 'start-failed');
  };

  return {
    async start(id) {
      const lease = store.get(id);
      if (lease?.state !== 'pending') return;
      try {
        await (lease.launch === null ? hold(lease) : launch(lease));
      } catch (error) {
        failed(lease, error);
        return;
      }
      const current = store.get(id);
      // Given up meanwhile: its end sees to what was made.
      if (current?.state !== 'pending') return;
      const started = store.update(id, {
        state: 'active',
        problem: null,
        attempts: 0,
        retryAt: 0,
        bootId: options.bootId,
        launch: withoutSecretsOf(current.launch),
      });
      book.put(started);
      void announce.lease(started, 'started');
    },
    async resume(id) {
      const lease = store.get(id);
      if (lease?.state !== 'active') return;
      try {
        const { instance } = lease;
        if (instance !== null && instances.state(instance) === 'off') await instances.switchOn(instance);
      } catch (error) {
        failed(lease, error);
        return;
      }
      if (store.get(id)?.state !== 'active') return;
      store.update(id, { bootId: options.bootId, problem: null, attempts: 0, retryAt: 0 });
    },
    miss(id) {
      const lease = store.get(id);
      if (lease?.state !== 'pending') return;
      if (lease.instance !== null) {
        // What was made of it is ended as ever.
        store.update(id, { state: 'ending', attempts: 0, retryAt: 0 });
        return;
      }
      const why =
        lease.problem === null
          ? 'Its time passed while the daemon, or libvirt, was not there.'
          : `It could not be started before its end: ${lease.problem}`;
      const missed = store.update(id, { state: 'failed', problem: why });
      book.remove(id);
      void announce.lease(missed, 'failed');
    },
    async end(id) {
      const found = store.get(id);
      if (found === undefined || !isLive(found)) return false;
      let lease = found;
      if (lease.state !== 'ending') {
        lease = store.update(id, { state: 'ending', attempts: 0, retryAt: 0, problem: null });
        void announce.lease(lease, 'ending');
      }
      try {
        const problem = await endInstance(lease, options);
        const unstarted = lease.bootId === null && lease.problem !== null;
        const ended = store.update(id, {
          state: unstarted ? 'failed' : 'ended',
          problem: unstarted ? lease.problem : problem,
          attempts: 0,
          retryAt: 0,
        });
        book.remove(id);
        void announce.lease(ended, unstarted ? 'failed' : 'ended');
        return true;
      } catch (error) {
        failed(lease, error);
        return false;
      }
    },
    async warn(id, beforeMs, signal) {
      const lease = store.get(id);
      if (lease?.state !== 'active') return;
      const warned = store.update(id, { warned: { end: lease.interval.end, beforeMs } });
      const told = announce.lease(warned, 'warning');
      if (warned.instance !== null) {
        const text = warningText(warned);
        await instances.tell(warned.instance, text, signal).catch((error: unknown) => {
          log.info({ err: error, lease: id }, 'the guest could not be told that its lease ends');
        });
      }
      await told;
    },
  };
}

const fates = {
  stop: 'is shut down',
  snapshot: 'is shut down, and a snapshot of its disks is taken',
  delete: 'is shut down and deleted, with its disks',
} as const;

function warningText({ name, interval, endAction }: LeaseRecord): string {
  return `The lease "${name}" ends at ${shownTime(interval.end)}: this VM ${fates[endAction]} then. Save your work, or extend the lease.`;
}
