import { auditedCocos } from '../../internal/api/audited-cocos.ts';
import { authorizedCocos } from '../../internal/api/authorized-cocos.ts';
import type { CocosUseCases } from '../../internal/api/cocos-use-cases.ts';
import type { Audit } from '../../internal/audit/audit.ts';
import { createAgentClient } from '../../internal/computations/agent-client.ts';
import { createComputations, type Computations } from '../../internal/computations/computations.ts';
import type { Config } from '../../internal/config/config.ts';
import { createKvmOffer } from '../../internal/instances/from-documents/kvm-offer.ts';
import { createFromDocuments } from '../../internal/instances/from-documents/operation.ts';
import type { LibvirtClient } from '../../internal/libvirt/client.ts';
import type { LiveView } from '../../internal/libvirt/live-view/live-view.ts';
import type { Logger } from '../../internal/observability/log.ts';
import type { Metrics } from '../../internal/observability/metrics.ts';
import type { AnyOperationDefinition } from '../../internal/operations/definition.ts';
import type { Operations } from '../../internal/operations/operations.ts';
import type { Database } from '../../internal/store/database.ts';
import type { StorageGuard } from '../../internal/subscriptions/storage-guard.ts';
import { createCocosUseCases } from './cocos-use-cases.ts';

export interface CocosRoom {
  readonly definitions: readonly AnyOperationDefinition[];
  readonly computations: Computations;
  /** Ends the connection to the agent, when the computations have stopped. */
  close(): void;
  /** The dialect, once there is an engine for the definitions. */
  open(parts: {
    readonly operations: Operations;
    readonly audit: Audit;
    readonly metrics: Metrics;
    readonly ready: () => Promise<void>;
  }): {
    readonly useCases: CocosUseCases;
    readonly emptyErrors: boolean;
    stop(): void;
  };
}

/** Wires the dialect of the Cocos manager: VMs from documents, and computations for the agent inside one. */
export function createCocosRoom(parts: {
  readonly config: Pick<Config, 'agent' | 'allowedPaths' | 'cocos' | 'hostRoot'>;
  readonly client: LibvirtClient;
  readonly view: LiveView;
  readonly database: Database;
  readonly guard: StorageGuard;
  readonly workingDirectory: string;
  readonly log: Logger;
}): CocosRoom {
  const { config, client, view, database, guard, workingDirectory, log } = parts;
  const definition = createFromDocuments(client, guard, config.hostRoot);
  const agent = config.agent === null ? null : createAgentClient(config.agent);
  const computations = createComputations({ database, agent, log });
  return {
    definitions: [definition],
    computations,
    close: () => agent?.close(),
    open({ operations, audit, metrics, ready }) {
      const kvm = createKvmOffer(client);
      const stop = client.events.onConnection(({ state }) => {
        if (state === 'connected') kvm.forget();
      });
      const useCases = createCocosUseCases({
        createOptions: {
          client,
          view,
          operations,
          definition,
          kvm,
          workingDirectory,
          allowedPaths: config.allowedPaths,
          log,
        },
        ready,
        computations,
        metrics,
      });
      return {
        useCases: auditedCocos(authorizedCocos(useCases), audit),
        emptyErrors: config.cocos.emptyErrors,
        stop,
      };
    },
  };
}
