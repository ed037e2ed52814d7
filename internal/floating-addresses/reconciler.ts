import type { LiveView } from '../libvirt/live-view/live-view.ts';
import { addressNumber, subnetAround, subnetText } from '../networks/ipv4.ts';
import type { OperationLog } from '../operations/definition.ts';
import type { KernelRules } from '../port-forwards/kernel/kernel-rules.ts';
import { createRounds } from '../port-forwards/rounds.ts';
import type { Association, AssociationStore } from './association-store.ts';
import type { FloatingAddress } from './floating-address.ts';
import type { HostAddressStore } from './host-address-store.ts';
import type { HostAddresses } from './host-addresses.ts';
import { merge, without, type AddressRange } from './pool.ts';
import { floatingRules, type Lead } from './ruleset.ts';

/** Makes the host do what the store says, again and again: addresses and rules are never changed otherwise. */
export interface FloatingReconciler {
  start(): void;
  /** What the kernel does goes on. */
  stop(): Promise<void>;
  /** Resolves when the host is as the store says. Never rejects: what cannot be done is in the status. */
  reconcile(options?: { readonly force: boolean }): Promise<void>;
  status(association: Association): Pick<FloatingAddress, 'state' | 'problem'>;
}

export function createFloatingReconciler(options: {
  readonly store: Pick<AssociationStore, 'all'>;
  /** What we have added: only that is ever removed. */
  readonly added: HostAddressStore;
  readonly hostAddresses: HostAddresses;
  readonly rules: KernelRules;
  readonly pool: readonly AddressRange[];
  readonly device: string;
  /** Why the pool must not be used now; null: it may. */
  readonly poolProblem: () => string | null;
  readonly view: Pick<LiveView, 'domain' | 'network' | 'onChange' | 'status'>;
  readonly log: OperationLog;
}): FloatingReconciler {
  const { store, added, hostAddresses, rules, pool, device, poolProblem, view, log } = options;
  /** What holds for all. */
  let problem: string | null = null;
  const problems = new Map<string, string>();
  let applied: string | null = null;

  const isUp = ({ instance, network }: Association): boolean => {
    const domain = view.domain(instance);
    return domain !== undefined && domain.id !== null && view.network(network)?.active === true;
  };
  const leadOf = (association: Association): Lead => {
    const { address, guestAddress, ports, network } = association;
    const ip = view.network(network)?.ips.find(({ family }) => family === 'ipv4');
    const around = addressNumber(ip?.address ?? guestAddress) ?? 0;
    const subnet = subnetText(subnetAround(around, ip?.prefix ?? 32));
    // Of an instance that is off everything is refused, at once.
    return { address, guestAddress, subnet, ports: isUp(association) ? ports : [] };
  };

  const withdraw = async (wanted: ReadonlySet<string>): Promise<void> => {
    const present = await hostAddresses.list();
    for (const ours of added.all()) {
      if (wanted.has(ours.address) && ours.device === device) continue;
      const isThere = present.some((each) => each.address === ours.address && each.device === ours.device);
      if (isThere) await hostAddresses.remove(ours);
      added.remove(ours.address);
    }
  };
  const provide = async (wanted: ReadonlySet<string>): Promise<void> => {
    const present = new Set((await hostAddresses.list()).map(({ address }) => address));
    for (const address of wanted) {
      if (present.has(address)) continue;
      added.put({ address, device });
      await hostAddresses.add({ address, device });
    }
  };
  /** An address is on the host only while the rules guard it: what is sent to it must not reach the host. */
  const apply = async (leads: readonly Lead[], foreign: ReadonlySet<number>): Promise<void> => {
    const wanted = new Set(leads.map(({ address }) => address));
    if (leads.length === 0) {
      await withdraw(wanted);
      await rules.set(floatingRules([], []));
      return;
    }
    const single = [...wanted, ...added.all().map(({ address }) => address)].map((address) => {
      const number = addressNumber(address) ?? 0;
      return { first: number, last: number };
    });
    await rules.set(floatingRules(leads, without(merge([...pool, ...single]), foreign)));
    await withdraw(wanted);
    await provide(wanted);
  };
  const fail = async (why: string): Promise<false> => {
    if (problem !== why) log.warn({ why }, 'floating addresses lead nowhere');
    problem = why;
    applied = null;
    try {
      await withdraw(new Set());
      await rules.set(floatingRules([], []));
    } catch (error) {
      log.debug({ err: error }, 'floating addresses could not be taken back');
    }
    return false;
  };

  const round = async (force: boolean): Promise<boolean> => {
    // Before all is read once, every VM looks gone: what a daemon before has left goes on, and soon it is tried again.
    if (view.status().lastSyncAt === null) return false;
    const associations = store.all();
    const refusal = associations.length === 0 ? null : poolProblem();
    if (refusal !== null) return fail(refusal);
    const text = JSON.stringify(associations.map(leadOf));
    if (!force && text === applied) return true;
    try {
      const ours = new Set(added.all().map(({ address }) => address));
      const foreign =
        associations.length === 0
          ? []
          : (await hostAddresses.list()).filter(({ address }) => !ours.has(address));
      const isForeign = new Set(foreign.map(({ address }) => address));
      problems.clear();
      for (const { address } of associations) {
        if (isForeign.has(address)) problems.set(address, `The host has ${address} itself.`);
      }
      const leads = associations.filter(({ address }) => !isForeign.has(address)).map(leadOf);
      await apply(leads, new Set([...isForeign].map((address) => addressNumber(address) ?? 0)));
      applied = text;
      problem = null;
    } catch (error) {
      if (associations.length > 0) return fail((error as Error).message);
      log.debug({ err: error }, 'the rules of floating addresses could not be looked at');
    }
    return true;
  };
  const rounds = createRounds({
    round,
    isNeeded: () => store.all().length > 0 || added.all().length > 0,
    view,
    log,
    failure: 'floating addresses could not be provided',
  });
  return {
    start: () => rounds.start(),
    stop: () => rounds.stop(),
    reconcile: ({ force } = { force: false }) => rounds.run(force),
    status(association) {
      const why = problem ?? problems.get(association.address) ?? null;
      if (why !== null) return { state: 'failed', problem: why };
      return { state: isUp(association) ? 'active' : 'waiting', problem: null };
    },
  };
}
