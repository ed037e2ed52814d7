import { cardMemoryGb } from '../../../../flavors/card-memory.ts';
import { cardDescription } from '../../../../flavors/card-name.ts';
import type { FloatingAddress } from '../../../../floating-addresses/floating-address.ts';
import type { Instance } from '../../../../instances/instance.ts';
import type { DomainState } from '../../../../libvirt/objects.ts';
import type { Plan } from '../../../../placement/plan.ts';
import { flavorOfTags, keyOfTags } from './instance-tags.ts';
import type { LatestOperation } from './latest-operations.ts';

/** As the clients read a state; the console shows ten characters of it. */
export type ShownState = 'PENDING' | 'RUNNING' | 'STOPPING' | 'STOPPED' | 'MIGRATING' | 'MIGRATED' | 'ERROR';

/**
 * An instance as GPUEater's clients read it. Flat and small: they send all of it back, as fields of forms and in the query.
 */
export interface ShownInstance {
  readonly instance_id: string;
  readonly machine_resource_id: string;
  /** Of its floating address; empty: it has none. */
  readonly connection_id: string;
  readonly region_id: string;
  readonly tag: string;
  readonly state: ShownState;
  readonly ipv4: string;
  readonly ipv6: string;
  readonly sshd_user: string;
  readonly sshd_port: number;
  /** The name of the key: the clients look for ~/.ssh/NAME.pem. */
  readonly ssh_key_file_name: string;
  /** Of its flavor; `custom`: it was made without one. */
  readonly product_name: string;
  readonly cpu: number;
  /** MB. */
  readonly memory: number;
  /** GB. */
  readonly root_storage: number;
  readonly device_desc: string;
  /** ISO 8601, UTC. */
  readonly created_at: string;
  /** Of the last thing that was done with it; empty: that is no longer known. */
  readonly transaction_id: string;
}

const regionId = 'local';
const gibibyte = 2 ** 30;

/** Pure. */
export function shownInstance(
  instance: Instance,
  more: {
    readonly hostId: string;
    readonly address: FloatingAddress | undefined;
    readonly operation: LatestOperation | null;
  },
): ShownInstance {
  const { hostId, address, operation } = more;
  const { plan, spec } = instance;
  const [root] = plan.volumes;
  return {
    instance_id: instance.uuid,
    machine_resource_id: hostId,
    connection_id: address?.connectionId ?? '',
    region_id: regionId,
    tag: instance.description ?? '',
    state: shownState(instance.state, operation?.active === true ? operation.kind : null),
    ipv4: address?.address ?? '',
    ipv6: '',
    sshd_user: 'root',
    sshd_port: 22,
    ssh_key_file_name: keyOfTags(spec.tags) ?? '',
    product_name: flavorOfTags(spec.tags) ?? 'custom',
    cpu: plan.cpu.vcpus,
    memory: plan.memory.mib,
    root_storage: Math.round(((root?.sizeBytes ?? 0) / gibibyte) * 10) / 10,
    device_desc: deviceDescription(plan.pci),
    created_at: instance.createdAt,
    transaction_id: operation?.id ?? '',
  };
}

/**
 * The state of an instance, by the state of its domain and what is being done with it. Pure.
 *
 * @param doing the kind of the operation on it that is under way; null: none is
 */
export function shownState(state: DomainState, doing: string | null): ShownState {
  switch (doing) {
    case 'instance.register':
    case 'instance.start':
      return 'PENDING';
    case 'instance.stop':
    case 'instance.unregister':
      return 'STOPPING';
    case 'instance.migrate':
      return 'MIGRATING';
    default:
  }
  switch (state) {
    case 'running':
    case 'blocked':
      return 'RUNNING';
    case 'shutdown':
      return 'STOPPING';
    case 'paused':
    case 'pmsuspended':
    case 'shutoff':
      return 'STOPPED';
    case 'crashed':
    case 'nostate':
      return 'ERROR';
  }
}

/** What its cards are called, as its flavor had it; `-`: it has none. */
function deviceDescription(devices: Plan['pci']): string {
  const cards = devices.filter(({ class: of, reason }) => of.startsWith('03') && reason === 'requested');
  const ids = [...new Set(cards.map(({ vendor, model }) => `${vendor}:${model}`))];
  const texts = ids.flatMap((id) => {
    const same = cards.filter(({ vendor, model }) => `${vendor}:${model}` === id);
    const [card] = same;
    if (card === undefined) return [];
    const { vendor, model, name, bar64Bytes } = card;
    const bars = [{ bytes: bar64Bytes, prefetchable: true }];
    const memoryGb = cardMemoryGb({ vendor, model, name, bars });
    return cardDescription({ modelName: name, vendor, model, memoryGb, count: same.length });
  });
  return texts.length === 0 ? '-' : texts.join('\n');
}
