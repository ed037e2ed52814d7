import { ProtiumError } from '../../../../errors/protium-error.ts';
import type { MovedInstance } from '../../../../migration/moved-instance.ts';
import type { Migrations } from '../../../../migration/migrations.ts';
import { normaliseId } from '../../../../spec/ids.ts';
import { flavorOfTags, keyOfTags } from '../instances/instance-tags.ts';
import type { ShownInstance } from '../instances/shown-instance.ts';

const gibibyte = 2 ** 30;

/** An instance that went to another host, as instance_list shows it: where it is, and nothing that it has here no more. Pure. */
export function shownMoved(moved: MovedInstance, transactionId: string): ShownInstance {
  return {
    instance_id: moved.uuid,
    machine_resource_id: moved.hostUuid,
    connection_id: '',
    region_id: moved.target,
    tag: moved.description ?? '',
    state: 'MIGRATED',
    ipv4: '',
    ipv6: '',
    sshd_user: 'root',
    sshd_port: 22,
    ssh_key_file_name: keyOfTags(moved.tags) ?? '',
    product_name: flavorOfTags(moved.tags) ?? 'custom',
    cpu: moved.vcpus,
    memory: moved.memoryMib,
    root_storage: Math.round((moved.rootBytes / gibibyte) * 10) / 10,
    device_desc: '-',
    created_at: moved.createdAt,
    transaction_id: transactionId,
  };
}

/**
 * Tells the owner of an instance that went where it is, in place of that there is none.
 *
 * @throws ProtiumError `state-conflict`
 */
export function requireHere(migrations: Pick<Migrations, 'list'>, owner: string, id: string): void {
  const uuid = normaliseId(id);
  const moved = migrations.list(owner).find((each) => each.uuid === uuid);
  if (moved === undefined) return;
  throw new ProtiumError('state-conflict', `It went to the host "${moved.target}": ask there.`, {
    details: { instance: moved.uuid, target: moved.target },
  });
}
