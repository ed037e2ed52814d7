import type { LibvirtEvent } from '../../events.ts';
import type { DomainRef, NetworkRef, PoolRef, SecretRef } from '../../objects.ts';
import type { EventLine } from './event-lines.ts';

/** Where the references come from. */
export interface ReferenceSource {
  domains(): Promise<readonly DomainRef[]>;
  networks(): Promise<readonly NetworkRef[]>;
  pools(): Promise<readonly PoolRef[]>;
  secrets(): Promise<readonly SecretRef[]>;
}

/** The UUID of an object that was gone before we could ask for it. */
const unknownUuid = '00000000-0000-0000-0000-000000000000';

/**
 * virsh's events name objects; libvirt's references have more. What is known of an object is kept, so that its end can
 * still be told; it is asked for again when the object is new or was defined, started or stopped.
 */
export class References {
  readonly #source: ReferenceSource;
  readonly #domains = new Map<string, DomainRef>();
  readonly #networks = new Map<string, NetworkRef>();
  readonly #pools = new Map<string, PoolRef>();
  readonly #secrets = new Map<string, SecretRef>();

  constructor(source: ReferenceSource) {
    this.#source = source;
  }

  /** Reads all objects there are. */
  async readAll(): Promise<void> {
    await this.#readDomains();
    await this.#readNetworks();
    await this.#readPools();
    await this.#readSecrets();
  }

  async complete(line: EventLine): Promise<LibvirtEvent> {
    switch (line.of) {
      case 'domain': {
        const absent: DomainRef = { name: line.name, uuid: unknownUuid, id: null };
        const known = this.#domains.get(line.name);
        if (known === undefined || changes(line.event(known))) await this.#readDomains();
        return line.event(this.#domains.get(line.name) ?? absent);
      }
      case 'network': {
        const known = this.#networks.get(line.name);
        if (known === undefined || changes(line.event(known))) await this.#readNetworks();
        return line.event(this.#networks.get(line.name) ?? { name: line.name, uuid: unknownUuid });
      }
      case 'pool': {
        const known = this.#pools.get(line.name);
        if (known === undefined || changes(line.event(known))) await this.#readPools();
        return line.event(this.#pools.get(line.name) ?? { name: line.name, uuid: unknownUuid });
      }
      case 'secret': {
        const known = this.#secrets.get(line.name);
        if (known === undefined || changes(line.event(known))) await this.#readSecrets();
        return line.event(
          this.#secrets.get(line.name) ?? { uuid: line.name, usageType: 'none', usageId: '' },
        );
      }
      case 'nodeDevice':
        return line.event;
    }
  }

  async #readDomains(): Promise<void> {
    // An active domain that is listed no more has no id any more.
    for (const [name, domain] of this.#domains) this.#domains.set(name, { ...domain, id: null });
    for (const domain of await this.#source.domains()) this.#domains.set(domain.name, domain);
  }

  async #readNetworks(): Promise<void> {
    for (const network of await this.#source.networks()) this.#networks.set(network.name, network);
  }

  async #readPools(): Promise<void> {
    for (const pool of await this.#source.pools()) this.#pools.set(pool.name, pool);
  }

  async #readSecrets(): Promise<void> {
    for (const secret of await this.#source.secrets()) this.#secrets.set(secret.uuid, secret);
  }
}

/** Whether after this event an object of that name may be another, or have another id. */
function changes(event: LibvirtEvent): boolean {
  return 'event' in event && ['defined', 'started', 'stopped', 'created'].includes(event.event);
}
