import type { LibvirtClient } from '../libvirt/client.ts';
import type { DomainView } from '../libvirt/live-view/views.ts';
import type { InterfaceAddress } from '../libvirt/objects.ts';

/** An address at which a guest may be reached. */
export interface GuestAddress {
  readonly address: string;
  readonly family: 'ipv4' | 'ipv6';
  readonly prefix: number;
  /** The interface's name: in the guest where the agent tells it, else on the host. */
  readonly interface: string;
  readonly mac: string | null;
  /** Who says so: the guest's agent, the network's DHCP server, or the host's neighbour table. */
  readonly source: Source;
  /** How long ago that was. */
  readonly ageMs: number;
}

/** How far a guest has come. */
export interface Reach {
  /** Those that the agent knows come first; none is told twice. */
  readonly addresses: readonly GuestAddress[];
  /** Whether qemu-guest-agent has opened its channel; null: there is none, or the VM is off. */
  readonly agentConnected: boolean | null;
  /** The furthest of these that it has come to. */
  readonly readiness: 'off' | 'starting' | 'addresses' | 'agentConnected';
}

export interface AddressBook {
  /** Asks, waits no longer than a moment, and tells what is known by then. Never rejects. */
  reach(domain: DomainView): Promise<Reach>;
  forget(uuid: string): void;
}

/** Of a VM that does not run. */
export const off: Reach = { addresses: [], agentConnected: null, readiness: 'off' };

type Source = 'agent' | 'lease' | 'arp';

/** Of one run of a domain. */
interface Page {
  readonly runningId: number;
  readonly readings: Map<Source, { readonly at: number; readonly interfaces: readonly InterfaceAddress[] }>;
  readonly asking: Map<Source, Promise<void>>;
}

const sources: readonly Source[] = ['agent', 'lease', 'arp'];
/** What was read so recently is not asked for again. */
const freshMs = 1000;
/** After so long libvirt is asked anew: an agent that hangs may hold it. */
const answerMs = 10_000;

export function createAddressBook({
  client,
  patienceMs = 400,
  now = () => performance.now(),
}: {
  readonly client: Pick<LibvirtClient, 'domains'>;
  readonly patienceMs?: number;
  readonly now?: () => number;
}): AddressBook {
  const pages = new Map<string, Page>();

  const ask = ({ readings, asking }: Page, domain: DomainView, source: Source): Promise<void> => {
    const underway = asking.get(source);
    if (underway !== undefined) return underway;
    const last = readings.get(source);
    if (last !== undefined && now() - last.at < freshMs) return Promise.resolve();
    const { name, uuid, id } = domain;
    const answer = client.domains
      .interfaceAddresses({ name, uuid, id }, source, { deadlineMs: answerMs })
      .then(
        (interfaces) => void readings.set(source, { at: now(), interfaces }),
        // A guest without an agent, a network without DHCP: what was known stands, and gets older.
        () => undefined,
      )
      .finally(() => asking.delete(source));
    asking.set(source, answer);
    return answer;
  };

  return {
    async reach(domain) {
      const { uuid, id, agentConnected } = domain;
      if (id === null) {
        pages.delete(uuid);
        return off;
      }
      let page = pages.get(uuid);
      if (page?.runningId !== id) {
        page = { runningId: id, readings: new Map(), asking: new Map() };
        pages.set(uuid, page);
      }
      const asked = page;
      const useful = sources.filter((source) => source !== 'agent' || agentConnected === true);
      await atMost(patienceMs, Promise.all(useful.map((source) => ask(asked, domain, source))));
      const addresses = merge(page, now());
      const readiness =
        agentConnected === true ? 'agentConnected' : addresses.length > 0 ? 'addresses' : 'starting';
      return { addresses, agentConnected, readiness };
    },
    forget(uuid) {
      pages.delete(uuid);
    },
  };
}

function merge({ readings }: Page, at: number): readonly GuestAddress[] {
  const found = new Map<string, GuestAddress>();
  for (const source of sources) {
    const reading = readings.get(source);
    for (const { interface: name, mac, addresses } of reading?.interfaces ?? []) {
      for (const { address, family, prefix } of addresses) {
        if (found.has(address) || isLocal(address)) continue;
        const ageMs = Math.round(at - (reading?.at ?? at));
        found.set(address, { address, family, prefix, interface: name, mac, source, ageMs });
      }
    }
  }
  return [...found.values()];
}

/** Of the loopback or of one link: nobody reaches the guest there without knowing more. */
function isLocal(address: string): boolean {
  return /^(127\.|169\.254\.|::1$|fe[89ab][0-9a-f]:)/i.test(address);
}

async function atMost(ms: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([work, late]);
  clearTimeout(timer);
}
