import { ProtiumError } from '../errors/protium-error.ts';
import { claimOfPlan } from '../instances/claims.ts';
import type { HostSituation, Instance } from '../instances/instance.ts';
import type { KeyedLock } from '../operations/keyed-lock.ts';
import { coreLoads, mayJoin } from '../placement/core-load.ts';
import { memoryStanding } from '../placement/memory.ts';
import { backfillId, type LeaseHolds } from './holds.ts';
import type { LeaseBook } from './lease.ts';
import type { LeaseStore } from './lease-store.ts';
import { backfillNotice } from './outlook.ts';
import type { TimedInstanceStore } from './timed-instance-store.ts';

/**
 * An instance whose lease is over, or that was backfill, has no part of the host while it is off. Before it is started it must
 * get the part back that its document names: none of it may be taken, and it is for so long as leases leave it.
 */
export function createReclaim(parts: {
  readonly store: Pick<LeaseStore, 'bound'>;
  readonly timed: TimedInstanceStore;
  readonly book: Pick<LeaseBook, 'remove'>;
  readonly holds: Pick<LeaseHolds, 'outlook' | 'limit'>;
  readonly locks: KeyedLock;
  readonly instance: (uuid: string) => Instance | undefined;
  readonly situation: () => HostSituation;
}): (uuid: string, dryRun: boolean) => Promise<readonly string[]> {
  const { store, timed, holds, locks } = parts;
  return async (uuid, dryRun) => {
    if (timed.get(uuid)?.kind !== 'released') return [];
    return locks.run(['allocation'], () => {
      const instance = parts.instance(uuid);
      if (timed.get(uuid)?.kind !== 'released' || instance === undefined) return [];
      if (store.bound().some((lease) => lease.instance === uuid)) return [];
      const situation = parts.situation();
      const obstacles = obstaclesOf(instance, situation);
      if (obstacles.length > 0) throw gone(instance, obstacles);
      const { spec, plan } = instance;
      const { facts: host, claims, conditions, policy } = situation;
      const outlook = holds.outlook(
        { spec, plan, instance: uuid, permanent: false },
        { host, claims, conditions, policy },
      );
      if (outlook.kind === 'refused') {
        throw gone(
          instance,
          outlook.reasons.map(({ message }) => message),
        );
      }
      const notices = outlook.kind === 'until' ? [backfillNotice(outlook)] : [];
      if (dryRun) return notices;
      if (outlook.kind === 'until') holds.limit({ ...instance, uuid }, plan, outlook.until);
      else {
        timed.remove(uuid);
        parts.book.remove(backfillId(uuid));
      }
      return notices;
    });
  };
}

/** What of its part others have by now, in sentences. */
function obstaclesOf(
  { uuid, domain, plan }: Instance,
  { facts, claims, policy }: HostSituation,
): readonly string[] {
  const own = claimOfPlan({ uuid, name: domain }, 'instance', plan);
  const others = claims.filter(({ holder }) => holder !== uuid);
  const devices = others.flatMap(({ name, pci }) =>
    pci
      .filter((address) => own.pci.includes(address))
      .map((address) => `"${name}" has the device ${address}.`),
  );
  const loads = coreLoads(facts, others);
  const full = own.cores.filter((core) => {
    const load = loads.get(core);
    return load !== undefined && !mayJoin(load, own.overprovision);
  });
  const { freeMib } = memoryStanding(facts, others, policy);
  return [
    ...devices,
    ...(full.length > 0 ? [`Its cores (${full.join(', ')}) are taken.`] : []),
    ...(freeMib < own.memoryMib
      ? [`Of ${own.memoryMib} MiB of memory ${Math.max(0, freeMib)} are free.`]
      : []),
  ];
}

function gone({ uuid, domain }: Instance, obstacles: readonly string[]): ProtiumError {
  return new ProtiumError(
    'lease-conflict',
    `The time of "${domain}" is over, and its part of the host is not free: ${obstacles.join(' ')} Book a lease, or wait.`,
    { details: { uuid, obstacles } },
  );
}
