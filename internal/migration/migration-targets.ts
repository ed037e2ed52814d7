import { ProtiumError } from '../errors/protium-error.ts';
import type { LibvirtClient } from '../libvirt/client.ts';
import { describeError } from '../observability/describe-error.ts';
import { hostUuid, memoryOf } from './gather-target.ts';
import type { MigrationTarget } from './target.ts';

export interface OpenTarget {
  readonly target: MigrationTarget;
  readonly client: LibvirtClient;
}

/** A host that instances can move to, as it is now. */
export interface TargetStatus {
  readonly target: MigrationTarget;
  /** null: it answers. */
  readonly problem: string | null;
  /** As it calls itself; null: it does not answer. As all of the rest. */
  readonly hostname: string | null;
  readonly hostUuid: string | null;
  readonly libvirtVersion: string | null;
  /** That its VMs leave. */
  readonly freeMemoryMib: number | null;
}

/** The other hosts of the configuration. */
export interface MigrationTargets {
  /** By name. */
  readonly names: readonly string[];
  /** Rejects nothing: it is connected to when it is first asked something. Throws ProtiumError `not-found`. */
  open(name: string): OpenTarget;
  /** Asks each of them; never rejects. */
  statuses(): Promise<readonly TargetStatus[]>;
  close(): Promise<void>;
}

/** Whoever asks how they are does not wait longer. */
const statusDeadlineMs = 5000;

export function createMigrationTargets(
  targets: readonly MigrationTarget[],
  connect: (uri: string) => LibvirtClient,
): MigrationTargets {
  const byName = new Map(targets.map((target) => [target.name, target]));
  const clients = new Map<string, LibvirtClient>();
  const open = (name: string): OpenTarget => {
    const target = byName.get(name);
    if (target === undefined) {
      const known = [...byName.keys()];
      throw new ProtiumError(
        'not-found',
        known.length === 0
          ? 'This daemon knows no other host: name one in PROTIUM_MIGRATION_TARGETS.'
          : `There is no host "${name.slice(0, 64)}" to move to, but ${known.join(', ')}.`,
        { details: { target: name.slice(0, 64), known } },
      );
    }
    const client = clients.get(name) ?? connect(target.uri);
    clients.set(name, client);
    return { target, client };
  };
  const status = async (target: MigrationTarget): Promise<TargetStatus> => {
    try {
      const { client } = open(target.name);
      await client.host.ping({ deadlineMs: statusDeadlineMs });
      const [hostname, uuid, { libvirt }, { freeMemoryMib }] = await Promise.all([
        client.host.hostname(),
        hostUuid(client),
        client.host.versions(),
        memoryOf(client),
      ]);
      return { target, problem: null, hostname, hostUuid: uuid, libvirtVersion: libvirt, freeMemoryMib };
    } catch (error) {
      const problem = describeError(error).message;
      return {
        target,
        problem,
        hostname: null,
        hostUuid: null,
        libvirtVersion: null,
        freeMemoryMib: null,
      };
    }
  };
  return {
    names: [...byName.keys()].sort(),
    open,
    statuses: () => Promise.all([...byName.values()].map(status)),
    async close() {
      await Promise.all([...clients.values()].map((client) => client.close()));
    },
  };
}
