import type { LibvirtEvent } from '../../events.ts';
import type { DomainRef, NetworkRef, PoolRef, SecretRef } from '../../objects.ts';
import { readDomainEvent } from './domain-events.ts';
import { networkDetails, nodeDeviceDetails, poolDetails, secretDetails } from './words.ts';

/** An event as virsh tells it: virsh names the object, and libvirt's reference to it is put in later. */
export type EventLine =
  | { readonly of: 'domain'; readonly name: string; readonly event: (domain: DomainRef) => LibvirtEvent }
  | { readonly of: 'network'; readonly name: string; readonly event: (network: NetworkRef) => LibvirtEvent }
  | { readonly of: 'pool'; readonly name: string; readonly event: (pool: PoolRef) => LibvirtEvent }
  | { readonly of: 'secret'; readonly name: string; readonly event: (secret: SecretRef) => LibvirtEvent }
  | { readonly of: 'nodeDevice'; readonly event: LibvirtEvent };

export type Subsystem = EventLine['of'];

/** `--timestamp` makes the first line of an event known. */
const stamp = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+[+-]\d{4}: /;

/** Reads the lines of one `virsh event` (net-event, pool-event ...) process. Kinds that we do not know are passed over. */
export class EventLines {
  readonly #subsystem: Subsystem;
  /** The first lines of an event that has more than one. */
  #begun: readonly string[] = [];

  constructor(subsystem: Subsystem) {
    this.#subsystem = subsystem;
  }

  push(line: string): EventLine | null {
    const text = line.replace(stamp, '');
    this.#begun = text === line ? [...this.#begun, text] : [text];
    const event = this.#read(this.#begun);
    if (event !== null) this.#begun = [];
    return event;
  }

  #read(lines: readonly string[]): EventLine | null {
    const [first = ''] = lines;
    switch (this.#subsystem) {
      case 'domain':
        return readDomainEvent(lines);
      case 'network':
        return lifecycle(first, 'network', networkDetails, (name, event) => ({
          of: 'network',
          name,
          event: (network) => ({ kind: 'network-lifecycle', network, event, detail: 0 }),
        }));
      case 'pool': {
        const refreshed = /^event 'refresh' for storage pool (.*)$/.exec(first)?.[1];
        if (refreshed !== undefined) {
          return { of: 'pool', name: refreshed, event: (pool) => ({ kind: 'pool-refresh', pool }) };
        }
        return lifecycle(first, 'storage pool', poolDetails, (name, event) => ({
          of: 'pool',
          name,
          event: (pool) => ({ kind: 'pool-lifecycle', pool, event, detail: 0 }),
        }));
      }
      case 'nodeDevice': {
        const updated = /^event 'update' for node device (.*)$/.exec(first)?.[1];
        if (updated !== undefined) {
          return { of: 'nodeDevice', event: { kind: 'node-device-update', device: { name: updated } } };
        }
        return lifecycle(first, 'node device', nodeDeviceDetails, (name, event) => ({
          of: 'nodeDevice',
          event: { kind: 'node-device-lifecycle', device: { name }, event, detail: 0 },
        }));
      }
      case 'secret': {
        const changed = /^event 'value-changed' for secret (.*)$/.exec(first)?.[1];
        if (changed !== undefined) {
          return {
            of: 'secret',
            name: changed,
            event: (secret) => ({ kind: 'secret-value-changed', secret }),
          };
        }
        return lifecycle(first, 'secret', secretDetails, (name, event) => ({
          of: 'secret',
          name,
          event: (secret) => ({ kind: 'secret-lifecycle', secret, event, detail: 0 }),
        }));
      }
    }
  }
}

/** `event 'lifecycle' for network NAME: Started`. These kinds have no details. */
function lifecycle<T extends string>(
  line: string,
  what: string,
  details: Readonly<Record<string, T>>,
  make: (name: string, event: T) => EventLine,
): EventLine | null {
  const beginning = `event 'lifecycle' for ${what} `;
  const colon = line.lastIndexOf(': ');
  const event = details[line.slice(colon + 2)];
  if (!line.startsWith(beginning) || colon < beginning.length || event === undefined) return null;
  return make(line.slice(beginning.length, colon), event);
}
