import type { LiveView } from '../libvirt/live-view/live-view.ts';
import { addressNumber, subnetAround, subnetText } from '../networks/ipv4.ts';
import type { OperationLog } from '../operations/definition.ts';
import type { ForwardStore } from './forward-store.ts';
import type { ForwardStatus, PortForward } from './forward.ts';
import type { PacketFilter } from './kernel/packet-filter.ts';
import { isForKernel, type KernelForward } from './kernel/ruleset.ts';
import { listenOn, type Listener, type Target } from './proxy/listener.ts';
import { createRounds } from './rounds.ts';

/** Makes the host do what the store says, again and again: rules and ports are never changed otherwise. */
export interface Reconciler {
  start(): void;
  /** Gives the ports back; the kernel's rules stay, and with them what they forward. */
  stop(): Promise<void>;
  /** Resolves when the host is as the store says now. Never rejects: what cannot be done is in the status. */
  reconcile(): Promise<void>;
  status(forward: PortForward): ForwardStatus;
}

export function createReconciler(options: {
  readonly store: Pick<ForwardStore, 'all' | 'byId'>;
  readonly view: Pick<LiveView, 'domain' | 'network' | 'onChange' | 'status'>;
  readonly filter: PacketFilter;
  readonly log: OperationLog;
  readonly listen?: typeof listenOn;
}): Reconciler {
  const { store, view, filter, log, listen = listenOn } = options;
  const listeners = new Map<string, Listener>();
  const problems = new Map<string, string>();
  let inKernel: ReadonlySet<string> = new Set();
  /** What was applied last; null: nothing yet. */
  let applied: string | null = null;
  let refusal = '';

  const isUp = ({ instance, network }: PortForward): boolean => {
    const domain = view.domain(instance);
    return domain !== undefined && domain.id !== null && view.network(network)?.active === true;
  };
  const targetOf =
    (id: string): Target =>
    () => {
      const forward = store.byId(id);
      if (forward === undefined || !isUp(forward)) return null;
      return { address: forward.guestAddress, port: forward.guestPort };
    };

  const holdPorts = async (forwards: readonly PortForward[]): Promise<void> => {
    const wanted = new Set(forwards.map(({ id }) => id));
    for (const [id, listener] of listeners) {
      if (wanted.has(id)) continue;
      listeners.delete(id);
      await listener.close();
    }
    for (const id of problems.keys()) if (!wanted.has(id)) problems.delete(id);
    for (const forward of forwards) {
      if (listeners.has(forward.id)) continue;
      try {
        listeners.set(forward.id, await listen(forward, targetOf(forward.id)));
        problems.delete(forward.id);
      } catch (error) {
        const { message } = error as Error;
        if (problems.get(forward.id) !== message)
          log.warn({ err: error, forward: forward.id }, 'a port cannot be forwarded');
        problems.set(forward.id, message);
      }
    }
  };

  const kernelForwards = (forwards: readonly PortForward[]): readonly KernelForward[] =>
    forwards.flatMap((forward) => {
      const network = view.network(forward.network);
      // Whose port another program has, its connections are not taken away either.
      if (network === undefined || !isUp(forward) || problems.has(forward.id)) return [];
      const ip = network.ips.find(({ family }) => family === 'ipv4');
      const host = addressNumber(ip?.address ?? '');
      if (host === null || !isForKernel(forward, network.forwardMode)) return [];
      return [{ forward, subnet: subnetText(subnetAround(host, ip?.prefix ?? 24)) }];
    });

  /** Resolves with whether it could be: else it is tried again soon. */
  const makeRules = async (forwards: readonly PortForward[], force: boolean): Promise<boolean> => {
    // Before all is read once, every VM looks gone: rules that a daemon before has left go on.
    if (view.status().lastSyncAt === null) return false;
    const wanted = kernelForwards(forwards);
    const text = JSON.stringify(wanted);
    if (!force && applied === text) return true;
    const outcome = await filter.apply(wanted);
    // Where no port is forwarded, nft need not be installed.
    if (!outcome.applied && refusal !== outcome.why && forwards.length > 0) {
      log.warn(
        { why: outcome.why },
        'the kernel cannot forward ports here: the daemon passes the data on itself',
      );
    }
    refusal = outcome.applied || forwards.length === 0 ? '' : outcome.why;
    inKernel = new Set(outcome.applied ? wanted.map(({ forward }) => forward.id) : []);
    applied = text;
    return true;
  };

  const round = async (force: boolean): Promise<boolean> => {
    const forwards = store.all();
    await holdPorts(forwards);
    return makeRules(forwards, force);
  };
  const rounds = createRounds({
    round,
    isNeeded: () => store.all().length > 0,
    view,
    log,
    failure: 'ports could not be forwarded',
  });
  return {
    start: () => rounds.start(),
    async stop() {
      await rounds.stop();
      await Promise.all([...listeners.values()].map((listener) => listener.close()));
      listeners.clear();
    },
    reconcile: () => rounds.run(false),
    status(forward) {
      const mechanism = inKernel.has(forward.id) ? 'nftables' : 'proxy';
      const problem = problems.get(forward.id) ?? null;
      if (problem !== null) return { mechanism, state: 'failed', problem };
      return { mechanism, state: isUp(forward) ? 'open' : 'waiting', problem };
    },
  };
}
