import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { execa } from 'execa';
import { orAbsent } from '../../instances/from-documents/absent.ts';
import type { LibvirtClient } from '../../libvirt/client.ts';
import { virError } from '../../libvirt/error-code.ts';
import type { DhcpLease, NetworkRef } from '../../libvirt/objects.ts';
import type { OperationLog } from '../../operations/definition.ts';
import { readNetwork, type NetworkDocument } from '../../xml/network.ts';

/** An interface of an instance on a network of libvirt. */
export interface LeaseHolder {
  /** Its name. */
  readonly network: string;
  readonly mac: string;
}

/**
 * Gives the addresses back that instances were given by DHCP, so that the next ones can have them at once. What cannot be
 * given back runs out by itself: this never rejects.
 */
export type ReleaseLeases = (holders: readonly LeaseHolder[]) => Promise<void>;

const program = 'dhcp_release';
const deadlineMs = 5000;
const lookEveryMs = 25;

/** @param root where the machine's /sys is: `/` */
export function leaseRelease({
  client,
  root,
  log,
}: {
  readonly client: Pick<LibvirtClient, 'networks'>;
  readonly root: string;
  readonly log: OperationLog;
}): ReleaseLeases {
  const releaseOn = async (name: string, macs: readonly string[]): Promise<void> => {
    const network = await orAbsent(client.networks.lookupByName(name), virError.noNetwork);
    if (network === null || !(await client.networks.isActive(network))) return;
    const leases = leasesOf(await client.networks.dhcpLeases(network), macs);
    if (leases.length === 0) return;
    const bridge = await bridgeHere(readNetwork(await client.networks.xml(network)), root);
    if (bridge === null) return;
    for (const { address, mac } of leases) {
      const result = await execa(program, [bridge, address, mac], {
        stdin: 'ignore',
        reject: false,
        timeout: deadlineMs,
      });
      // Nobody needs it: leases end.
      if (result.code === 'ENOENT') return;
      if (result.failed) {
        log.warn({ address, mac, bridge, stderr: result.stderr }, 'a DHCP lease could not be released');
        return;
      }
    }
    await gone(network, leases);
  };
  /** The DHCP server is told by a packet, and answers nothing. */
  const gone = async (network: NetworkRef, leases: readonly Held[]): Promise<void> => {
    for (let waited = 0; waited < deadlineMs; waited += lookEveryMs) {
      const left = leasesOf(
        await client.networks.dhcpLeases(network),
        leases.map(({ mac }) => mac),
      );
      if (left.length === 0) return;
      await delay(lookEveryMs);
    }
    log.warn({ network: network.name, leases }, 'DHCP leases were released, but are still there');
  };
  return async (holders) => {
    for (const name of new Set(holders.map(({ network }) => network))) {
      const macs = holders.flatMap((each) => (each.network === name ? [each.mac] : []));
      await releaseOn(name, macs).catch((error: unknown) => {
        log.warn({ err: error, network: name }, 'the DHCP leases of a network could not be released');
      });
    }
  };
}

interface Held {
  readonly address: string;
  readonly mac: string;
}

/** Those that these MAC addresses have, as far as they can be released: of IPv4. */
function leasesOf(leases: readonly DhcpLease[], macs: readonly string[]): readonly Held[] {
  return leases.flatMap(({ family, address, mac }) => {
    const holder = mac?.toLowerCase();
    return family === 'ipv4' && holder !== undefined && macs.includes(holder)
      ? [{ address, mac: holder }]
      : [];
  });
}

/**
 * The bridge of a network, if it is one of this machine, as this process sees it: libvirt may be on another one, on which
 * there is a bridge of the same name. null: it is not.
 */
async function bridgeHere({ bridge, mac }: NetworkDocument, root: string): Promise<string | null> {
  if (bridge === null || mac === null || path.basename(bridge) !== bridge) return null;
  const address = await readFile(path.join(root, 'sys/class/net', bridge, 'address'), 'utf8').catch(() => '');
  return address.trim().toLowerCase() === mac ? bridge : null;
}
