import { serialLogs } from '../instances/unregister/serial-logs.ts';
import type { LibvirtClient } from '../libvirt/client.ts';
import { networkInterfaces } from '../networks/domains-on.ts';
import type { DomainDocument } from '../xml/domain/read.ts';
import { readNetwork } from '../xml/network.ts';
import { childText } from '../xml/tree.ts';
import { missingFilters } from './filters.ts';
import type { Gathered } from './gather.ts';
import { hostUuid } from './gather-target.ts';
import type { OpenTarget } from './migration-targets.ts';
import type { KeptAddress, MigrateInstance, Preparation } from './shape.ts';
import type { Suitability } from './suitability.ts';

/** Writes down what the steps of a move need to know. */
export async function prepareMigration(
  client: LibvirtClient,
  { client: there }: OpenTarget,
  { target, offline }: MigrateInstance['input'],
  { current, document }: Gathered,
  { moves }: Suitability,
): Promise<Preparation> {
  const { domain, definition, record } = current;
  const { uuid, name } = domain;
  const interfaces = networkInterfaces(document.tree).map(({ network, mac }) => ({ network, mac }));
  const { plan, spec } = record;
  return {
    moves: [...moves],
    filters: await missingFilters(client, there, document),
    autostart: await client.domains.autostart(domain),
    nvram: document.os.nvram?.path ?? null,
    interfaces,
    addresses: await keptAddresses(client, interfaces),
    logs: [...serialLogs(definition, { uuid, domain: name }), `${name}.log`],
    record: {
      uuid,
      name,
      owner: record.owner,
      target,
      hostUuid: (await hostUuid(there)) ?? '',
      offline,
      createdAt: record.createdAt,
      description: childText(definition, 'description'),
      tags: [...spec.tags],
      vcpus: document.vcpus.current,
      memoryMib: Math.ceil(document.memoryKiB / 1024),
      rootBytes: rootBytes(document, moves, plan.volumes[0]?.sizeBytes),
    },
  };
}

function rootBytes(
  { disks }: DomainDocument,
  moves: Suitability['moves'],
  planned: number | null | undefined,
): number {
  const root = disks.find(({ device }) => device === 'disk')?.target;
  const move = moves.find(({ target }) => target === root);
  return move === undefined ? (planned ?? 0) : Number(move.capacityBytes);
}

async function keptAddresses(
  client: LibvirtClient,
  interfaces: readonly { readonly network: string; readonly mac: string }[],
): Promise<KeptAddress[]> {
  const found = await Promise.all(
    interfaces.map(async ({ network, mac }) => {
      const { addresses } = readNetwork(
        await client.networks.xml(await client.networks.lookupByName(network)),
      );
      const host = addresses.flatMap(({ hosts }) => hosts).find((each) => each.mac === mac);
      return host === undefined ? [] : [{ network, mac, address: host.address, name: host.name ?? null }];
    }),
  );
  return found.flat();
}
