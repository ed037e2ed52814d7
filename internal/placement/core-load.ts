import type { HostFacts } from '../host/facts.ts';
import type { Claim } from './claim.ts';

/** The most VMs that may ever share a core: Elemento's largest overprovision. */
export const largestOverprovision = 10;

/** What runs on one core. */
export interface CoreLoad {
  readonly id: number;
  readonly count: number;
  /** The smallest overprovision of those on it; largestOverprovision when there is none. */
  readonly limit: number;
  readonly holders: readonly string[];
}

type Loads = ReadonlyMap<number, CoreLoad>;

const known = new WeakMap<HostFacts, WeakMap<readonly Claim[], Loads>>();

/** The load of every core, by core id. The same arrays are counted once. */
export function coreLoads(host: HostFacts, claims: readonly Claim[]): Loads {
  let ofHost = known.get(host);
  if (ofHost === undefined) {
    ofHost = new WeakMap();
    known.set(host, ofHost);
  }
  let loads = ofHost.get(claims);
  if (loads === undefined) {
    loads = count(host, claims);
    ofHost.set(claims, loads);
  }
  return loads;
}

function count(host: HostFacts, claims: readonly Claim[]): Loads {
  const loads = new Map<number, { id: number; count: number; limit: number; holders: string[] }>();
  for (const { id } of host.cpu.cores)
    loads.set(id, { id, count: 0, limit: largestOverprovision, holders: [] });
  for (const { cores, overprovision, name } of claims) {
    for (const id of cores) {
      const load = loads.get(id);
      if (load === undefined) continue;
      load.count += 1;
      load.limit = Math.min(load.limit, overprovision);
      load.holders.push(name);
    }
  }
  return loads;
}

/** Whether one more VM may run on the core: count + 1 ≤ the smallest overprovision on it, the new one's included. */
export function mayJoin({ count: present, limit }: CoreLoad, overprovision: number): boolean {
  return present + 1 <= Math.min(limit, overprovision);
}
