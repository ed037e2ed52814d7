import { ProtiumError } from '../../errors/protium-error.ts';
import { currentInstance } from '../../instances/changes/current-instance.ts';
import type { BeginChange, BegunChange, Change } from '../../instances/changes/begin-change.ts';
import { pendingChanges, type PendingChange } from '../../instances/changes/pending-changes.ts';
import type { RenameInstance } from '../../instances/lifecycle/rename.ts';
import type { SaveInstance } from '../../instances/lifecycle/save.ts';
import type { MigrateInstance } from '../../migration/shape.ts';
import type { ResizeInstance } from '../../instances/resize/operation.ts';
import type { LibvirtClient } from '../../libvirt/client.ts';
import type {
  MigrateInstanceRequest,
  RenameInstanceRequest,
  ResizeInstanceRequest,
  SaveInstanceRequest,
} from '../grpc/generated/protium/v1/instances.ts';
import { requireName } from './names.ts';

export interface InstanceChanges {
  readonly client: LibvirtClient;
  readonly begin: BeginChange;
  readonly changes: {
    readonly save: Change<SaveInstance>;
    readonly rename: Change<RenameInstance>;
    readonly resize: Change<ResizeInstance>;
    readonly migrate: Change<MigrateInstance>;
  };
}

export function beginSave(
  { begin, changes }: InstanceChanges,
  uuid: string,
  { validateOnly }: SaveInstanceRequest,
): Promise<BegunChange> {
  return begin(changes.save, uuid, (target) => target, { validateOnly });
}

export function beginRename(
  { begin, changes }: InstanceChanges,
  uuid: string,
  { name, validateOnly }: RenameInstanceRequest,
): Promise<BegunChange> {
  requireName(name, 'name');
  return begin(changes.rename, uuid, (target) => ({ ...target, name }), { validateOnly });
}

export function beginMigrate(
  { begin, changes }: InstanceChanges,
  uuid: string,
  { target, offline, validateOnly }: MigrateInstanceRequest,
): Promise<BegunChange> {
  if (target === '') {
    throw new ProtiumError('argument-invalid', 'Say which host it is to move to: target.', {
      details: { field: 'target' },
    });
  }
  return begin(changes.migrate, uuid, (instance) => ({ ...instance, target, offline }), { validateOnly });
}

/** A config's largest. */
const mostSlots = 256;
const leastMemoryMib = 64n;
const mostMemoryMib = 16n * 1024n * 1024n;

export function beginResize(
  { begin, changes }: InstanceChanges,
  uuid: string,
  { slots, memoryMib, validateOnly }: ResizeInstanceRequest,
): Promise<BegunChange> {
  if (slots === 0 && memoryMib === 0n) {
    throw new ProtiumError('argument-invalid', 'Say what it is to have: slots, memory_mib, or both.', {
      details: { field: 'slots' },
    });
  }
  if (slots > mostSlots) {
    throw new ProtiumError('argument-invalid', `slots is at most ${mostSlots}.`, {
      details: { field: 'slots' },
    });
  }
  if (memoryMib !== 0n && (memoryMib < leastMemoryMib || memoryMib > mostMemoryMib)) {
    throw new ProtiumError('argument-invalid', `memory_mib is from ${leastMemoryMib} to ${mostMemoryMib}.`, {
      details: { field: 'memory_mib' },
    });
  }
  const wanted = {
    slots: slots === 0 ? null : slots,
    memoryMib: memoryMib === 0n ? null : Number(memoryMib),
  };
  return begin(changes.resize, uuid, (target) => ({ ...target, ...wanted }), { validateOnly });
}

/** What waits for the next start of one that runs. What cannot be read is not told: the instance is, all the same. */
export async function pendingOf(
  { client }: InstanceChanges,
  uuid: string,
): Promise<readonly PendingChange[]> {
  try {
    const { running, definition } = await currentInstance(client, uuid);
    return running === null ? [] : pendingChanges(running, definition);
  } catch {
    return [];
  }
}
