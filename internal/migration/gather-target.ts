import { orAbsent } from '../instances/from-documents/absent.ts';
import type { LibvirtClient } from '../libvirt/client.ts';
import { virError } from '../libvirt/error-code.ts';
import { LibvirtError } from '../libvirt/error.ts';
import { readCapabilities } from '../xml/capabilities.ts';
import { readPool } from '../xml/pool.ts';
import type { PoolSituation, TargetSituation } from './suitability.ts';

export interface WantedThere {
  readonly uuid: string;
  readonly name: string;
  readonly networks: readonly string[];
  readonly pools: readonly string[];
  readonly query: Parameters<LibvirtClient['host']['domainCapabilities']>[0];
}

/** What the other host has of what a VM needs. */
export async function gatherTarget(
  client: LibvirtClient,
  there: LibvirtClient,
  wanted: WantedThere,
): Promise<Omit<TargetSituation, 'cpu'>> {
  const [own, other] = await Promise.all([hostUuid(client), hostUuid(there)]);
  const [named, sameUuid, memory, networks, pools, emulates] = await Promise.all([
    orAbsent(there.domains.lookupByName(wanted.name), virError.noDomain),
    orAbsent(there.domains.lookupByUuid(wanted.uuid), virError.noDomain),
    memoryOf(there),
    Promise.all([...new Set(wanted.networks)].map((name) => networkOf(there, name))),
    Promise.all([...new Set(wanted.pools)].map((name) => poolOf(client, there, name))),
    canEmulate(there, wanted.query),
  ]);
  return {
    same: own !== null && own === other,
    nameTaken: named !== null,
    uuidTaken: sameUuid !== null,
    ...memory,
    networks: new Map(networks.flat()),
    pools: new Map(pools.flat()),
    emulates,
  };
}

/** libvirt's uuid of a host. */
export async function hostUuid(client: LibvirtClient): Promise<string | null> {
  return readCapabilities(await client.host.capabilities()).host.uuid;
}

/** What VMs that run there leave, and what its own system needs: a sixteenth, at least 512 MiB, at most 8 GiB. */
export async function memoryOf(
  there: LibvirtClient,
): Promise<{ readonly freeMemoryMib: number; readonly cpus: number }> {
  const [{ memoryKiB, cpus }, running] = await Promise.all([
    there.host.nodeInfo(),
    there.domains.stats({ groups: ['balloon'], active: true }),
  ]);
  const totalMib = Number(memoryKiB / 1024n);
  const taken = running.reduce((sum, { stats }) => sum + Number(stats['balloon.maximum'] ?? 0) / 1024, 0);
  const own = Math.min(8192, Math.max(512, totalMib / 16));
  return { freeMemoryMib: Math.max(0, Math.floor(totalMib - own - taken)), cpus };
}

async function networkOf(there: LibvirtClient, name: string): Promise<(readonly [string, boolean])[]> {
  const network = await orAbsent(there.networks.lookupByName(name), virError.noNetwork);
  return network === null ? [] : [[name, await there.networks.isActive(network)]];
}

async function poolOf(
  client: LibvirtClient,
  there: LibvirtClient,
  name: string,
): Promise<(readonly [string, PoolSituation])[]> {
  const pool = await orAbsent(there.pools.lookupByName(name), virError.noStoragePool);
  if (pool === null) return [];
  const active = await there.pools.isActive(pool);
  // So that what others put there is known.
  if (active) await there.pools.refresh(pool);
  const [own, other, info] = await Promise.all([
    client.pools.xml(await client.pools.lookupByName(name)),
    there.pools.xml(pool),
    there.pools.info(pool),
  ]);
  const samePath = readPool(own).targetPath === readPool(other).targetPath;
  return [[name, { active, samePath, availableBytes: info.availableBytes }]];
}

async function canEmulate(there: LibvirtClient, query: WantedThere['query']): Promise<boolean> {
  try {
    await there.host.domainCapabilities(query);
    return true;
  } catch (error) {
    if (error instanceof LibvirtError) return false;
    throw error;
  }
}
