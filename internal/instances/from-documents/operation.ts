import type { LibvirtClient } from '../../libvirt/client.ts';
import type { OperationDefinition } from '../../operations/definition.ts';
import type { StorageGuard } from '../../subscriptions/storage-guard.ts';
import { defineDomain } from './define-step.ts';
import { startNetworks } from './networks-step.ts';
import { ensurePool } from './pool-step.ts';
import type { CreateFromDocuments } from './shape.ts';
import { revertToSnapshot, startDomain } from './start-step.ts';
import { ensureVolume } from './volume-step.ts';

/**
 * Pool, volume and domain from their documents, to a running domain; or, on failure, nothing that was not there before.
 *
 * @param hostRoot where the machine's /var is: `/`
 */
export function createFromDocuments(
  client: LibvirtClient,
  guard: Pick<StorageGuard, 'require'>,
  hostRoot: string,
): OperationDefinition<CreateFromDocuments> {
  const steps = [
    ensurePool(client),
    ensureVolume(client, guard),
    startNetworks(client),
    defineDomain(client, hostRoot),
    startDomain(client),
    revertToSnapshot(client),
  ];
  return {
    kind: 'domain.create-from-documents',
    // The client that asked will ask again, and wants the VM: one that already runs is not taken away from it.
    onRestart: 'resume',
    reusesWhatIsThere: true,
    // The pool too: who reuses it must not lose it to the undo of who made it.
    resources: ({ pool, domain }) => [
      `pool/${pool.name}`,
      // A pool of another name on the same directory is reused.
      ...(pool.targetPath === null ? [] : [`pool-path/${pool.targetPath}`]),
      domainResource(domain.name),
    ],
    steps: () => steps,
    result: (run) => ({ name: run.input.domain.name, uuid: run.data('define-domain').uuid }),
  };
}

/** Lock key of a domain. */
export function domainResource(name: string): string {
  return `domain/${name}`;
}
