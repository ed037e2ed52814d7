import { setTimeout as pause } from 'node:timers/promises';
import { ProtiumError } from '../../errors/protium-error.ts';
import type { Instance } from '../../instances/instance.ts';
import type { WaitForInstance } from '../../instances/wait.ts';
import type { LeaseInstances } from '../../leases/lease-instances.ts';
import { isLive, type LeaseRecord } from '../../leases/lease-record.ts';
import type { Leases } from '../../leases/leases.ts';
import type { Logger } from '../../observability/log.ts';
import { bookingOf } from './create-provisions.ts';
import type { HealthCheck } from './health-check.ts';
import type { Provision } from './provision.ts';
import type { ProvisionStore } from './provision-store.ts';

export interface ProvisionKeeperOptions {
  readonly store: ProvisionStore;
  readonly leases: Pick<Leases, 'create' | 'get' | 'cancel'>;
  readonly instances: Pick<LeaseInstances, 'state' | 'remove'>;
  readonly wait: WaitForInstance;
  readonly checkHealth: HealthCheck;
  /** An address of the pool leads to the instance from now on; it goes with the instance. Asked again it is the same. */
  readonly bindFloating: (instance: string, owner: string) => Promise<string>;
  readonly ready: () => Promise<void>;
  readonly now: () => number;
  readonly log: Pick<Logger, 'warn' | 'error'>;
  /** Between two looks at a lease. */
  readonly everyMs?: number;
  /** How long after its start a lease may try to start. */
  readonly startMs?: number;
  /** How long a guest may take to have an address. */
  readonly addressMs?: number;
}

/** Carries provisions on to their end, also those that a daemon before left unfinished. */
export interface ProvisionKeeper {
  /** Those that are unfinished, once libvirt is there. */
  start(): void;
  /** Sees to one from now on. */
  tend(id: string): void;
  stop(): Promise<void>;
  /** Resolves when nothing is being done. */
  idle(): Promise<void>;
}

const sshPort = 22;

export function createProvisionKeeper(options: ProvisionKeeperOptions): ProvisionKeeper {
  const { store, leases, instances, log, now } = options;
  const { everyMs = 500, startMs = 300_000, addressMs = 1_800_000 } = options;
  const stopping = new AbortController();
  const { signal } = stopping;
  const tended = new Map<string, Promise<void>>();

  const book = async (provision: Provision): Promise<void> => {
    const { id, plan } = provision;
    const { leases: booked } = await leases.create(bookingOf(provision, plan, id));
    store.update(id, { state: 'waiting', lease: booked[0]?.id ?? null, progress: 'wait for the start' });
  };

  const carryOn = async (provision: Provision): Promise<void> => {
    const { id, lease: leaseId, progress } = provision;
    const lease = leases.get(leaseId ?? '');
    if (!isLive(lease) || lease.state === 'ending') {
      const why = lease.problem === null ? '' : ` ${lease.problem}`;
      throw new ProtiumError('state-conflict', `Its lease is ${lease.state} before it is ready.${why}`);
    }
    if (lease.state === 'pending') {
      if (lease.problem !== null && now() > lease.interval.start + startMs) {
        throw new ProtiumError('state-conflict', `Its lease does not start: ${lease.problem}`);
      }
      const doing = lease.problem ?? (lease.interval.start > now() ? 'wait for the start' : 'start the VM');
      if (doing !== progress) store.update(id, { progress: doing });
      await pause(everyMs, undefined, { signal });
      return;
    }
    await reach(provision, lease);
  };

  const reach = async (provision: Provision, { instance: uuid }: LeaseRecord): Promise<void> => {
    const { id } = provision;
    if (uuid === null) throw new ProtiumError('internal', 'Its lease has begun without a VM.');
    store.update(id, { instance: uuid, progress: 'wait for its address' });
    const watched = AbortSignal.any([signal, cancelled(id)]);
    const {
      reached,
      instance,
      reach: found,
    } = await options.wait(uuid, 'address', {
      timeoutMs: addressMs,
      signal: watched,
    });
    const [first] = found.addresses;
    if (!reached || first === undefined) {
      throw new ProtiumError(
        'state-conflict',
        `Its guest had no address within ${addressMs / 1000} s: the image may not start, or it has no network.`,
      );
    }
    const access = accessOf(instance, first.address);
    const { owner, plan } = provision;
    const floating = plan.floatingAddress ? await options.bindFloating(uuid, owner) : null;
    await requireHealth(provision, uuid, access, watched);
    if (store.get(id)?.state !== 'waiting') return;
    store.update(id, {
      state: 'ready',
      access: floating === null ? access : { ...access, address: floating },
      progress: 'ready',
    });
  };

  const requireHealth = async (
    { id, plan: { expected } }: Provision,
    uuid: string,
    { address, port }: NonNullable<Provision['access']>,
    watched: AbortSignal,
  ): Promise<void> => {
    // Provisions of before health was looked at have nothing to expect.
    if (!expected) return;
    const progress = (text: string): void => void store.update(id, { progress: text });
    const checks = await options.checkHealth({ uuid, address, port, expected, progress }, watched);
    store.update(id, { checks });
    const failing = checks.filter(({ state }) => state === 'failed');
    if (failing.length === 0) return;
    const texts = failing.map(({ name, text }) => `${name}: ${text}`);
    throw new ProtiumError('state-conflict', `It is not as it is to be. ${texts.join(' ')}`, {
      details: { provision: id, reasons: texts },
    });
  };

  /** Aborted when it is not waited for any more. */
  const cancelled = (id: string): AbortSignal => {
    const controller = new AbortController();
    cancels.set(id, controller);
    return controller.signal;
  };
  const cancels = new Map<string, AbortController>();

  /** In reverse: the machine first, so that the lease's end need not wait for its guest. */
  const undo = async (provision: Provision): Promise<void> => {
    const { id, lease: leaseId } = provision;
    // One that was cut short as it was booked may have a lease nobody has written down.
    const lease = leaseId === null ? null : leases.get(leaseId);
    if (lease !== null) {
      if (isLive(lease) && lease.state !== 'ending') {
        await leases.cancel({ lease: lease.id, etag: '', validateOnly: false });
      }
      const { instance } = leases.get(lease.id);
      if (instance !== null && instances.state(instance) !== 'absent') {
        await instances.remove(instance).catch((error: unknown) => {
          if (!(error instanceof ProtiumError && error.code === 'not-found')) throw error;
        });
      }
      if (isLive(leases.get(lease.id))) {
        await pause(everyMs, undefined, { signal });
        return;
      }
    }
    store.update(id, { state: provision.outcome ?? 'failed', progress: 'taken back' });
  };

  const step = async (id: string): Promise<boolean> => {
    const provision = store.get(id);
    switch (provision?.state) {
      case 'booking':
        await book(provision);
        return true;
      case 'waiting':
        await carryOn(provision);
        return true;
      case 'undoing':
        await undo(provision);
        return true;
      default:
        return false;
    }
  };

  const isStopping = (): boolean => signal.aborted;

  const run = async (id: string): Promise<void> => {
    while (!isStopping()) {
      try {
        if (!(await step(id))) return;
      } catch (error) {
        if (isStopping()) return;
        const provision = store.get(id);
        if (provision === undefined) return;
        if (error instanceof ProtiumError && error.code === 'libvirt-unavailable') {
          // It waits with everything else, and undoes nothing.
          await pause(everyMs, undefined, { signal }).catch(() => undefined);
          continue;
        }
        if (provision.state === 'undoing') {
          log.warn({ err: error, provision: id }, 'what was made cannot be taken back yet');
          await pause(everyMs, undefined, { signal }).catch(() => undefined);
          continue;
        }
        const problem = error instanceof Error ? error.message : String(error);
        store.update(id, { state: 'undoing', outcome: 'failed', problem, progress: 'take it back' });
      }
    }
  };

  const tend = (id: string): void => {
    if (signal.aborted) return;
    if (tended.has(id)) {
      cancels.get(id)?.abort();
      return;
    }
    const done = run(id)
      .catch((error: unknown) => log.error({ err: error, provision: id }, 'a provision could not be seen to'))
      .finally(() => {
        tended.delete(id);
        cancels.delete(id);
      });
    tended.set(id, done);
  };

  const begin = async (): Promise<void> => {
    while (!signal.aborted) {
      try {
        await options.ready();
        for (const { id } of store.unfinished()) tend(id);
        return;
      } catch {
        await pause(everyMs, undefined, { signal }).catch(() => undefined);
      }
    }
  };

  return {
    start: () => void begin(),
    tend,
    async stop() {
      stopping.abort();
      await Promise.all(tended.values());
    },
    async idle() {
      while (tended.size > 0) await Promise.all(tended.values());
    },
  };
}

function accessOf({ plan, sshHostKeys }: Instance, address: string): NonNullable<Provision['access']> {
  return { user: plan.system?.loginUser ?? null, address, port: sshPort, hostKeys: sshHostKeys };
}
