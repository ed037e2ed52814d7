import type { LibvirtClient } from '../../../../libvirt/client.ts';
import type { TypedParameters } from '../../../../libvirt/objects.ts';

/** What an instance has moved and written, in bytes and packets, as the guest sees it; of all its interfaces. */
export interface Counters {
  readonly bytes_received: number;
  readonly bytes_sent: number;
  readonly packets_received: number;
  readonly packets_sent: number;
  /** Bytes that the disk which it boots from takes on the host, without the image below it. */
  readonly root_storage_usage: number;
}

/** Pure: the sums of `net.N.…` of virConnectGetAllDomainStats. */
export function trafficOf(stats: TypedParameters): Omit<Counters, 'root_storage_usage'> {
  const sum = (name: string): number =>
    Object.entries(stats)
      .filter(([key]) => /^net\.\d+\./.test(key) && key.endsWith(`.${name}`))
      .reduce((total, [, value]) => total + Number(value), 0);
  return {
    bytes_received: sum('rx.bytes'),
    bytes_sent: sum('tx.bytes'),
    packets_received: sum('rx.pkts'),
    packets_sent: sum('tx.pkts'),
  };
}

/**
 * Asks libvirt. Of one that is off, nothing is counted but what its disk takes.
 *
 * @param rootDisk path of the disk that it boots from; undefined: it has none
 */
export async function readCounters(
  client: Pick<LibvirtClient, 'domains'>,
  uuid: string,
  rootDisk: string | undefined,
): Promise<Counters> {
  const domain = await client.domains.lookupByUuid(uuid);
  const [stats, disk] = await Promise.all([
    domain.id === null
      ? []
      : client.domains.stats({ domains: [domain], groups: ['interface'], nowait: true }),
    rootDisk === undefined ? null : client.domains.blockInfo(domain, rootDisk),
  ]);
  return {
    ...trafficOf(stats[0]?.stats ?? {}),
    root_storage_usage: Number(disk?.allocationBytes ?? 0n),
  };
}
