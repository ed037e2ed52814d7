import pRetry from 'p-retry';
import {
  OperationsServiceService,
  type Operation,
} from '../../../internal/api/grpc/generated/protium/v1/operations.ts';
import type { Daemon } from '../connection/daemon.ts';
import { Failure } from '../failure.ts';

/**
 * The operation when it has ended. A daemon that restarts meanwhile is waited for: its journal has the operation.
 * Rejects when the signal comes.
 */
export async function followOperation(
  daemon: Daemon,
  begun: Operation,
  { signal, changed }: { readonly signal: AbortSignal; readonly changed: (operation: Operation) => void },
): Promise<Operation> {
  let latest = begun;
  const follow = async (): Promise<Operation> => {
    if (latest.endTime !== undefined) return latest;
    const method = OperationsServiceService.watchOperation;
    for await (const { operation } of daemon.watch(method, { id: begun.id }, { signal })) {
      if (operation === undefined) continue;
      latest = operation;
      changed(operation);
    }
    if (signal.aborted) throw new Failure('interrupted', 'Interrupted.', { exit: 'interrupted' });
    if (latest.endTime === undefined) throw cutOff;
    return latest;
  };
  return pRetry(follow, {
    retries: 20,
    minTimeout: 250,
    maxTimeout: 2000,
    signal,
    shouldRetry: ({ error }) => error instanceof Failure && error.exit === 'unreachable',
  });
}

const cutOff = new Failure('unreachable', 'The daemon stopped telling of the operation.', {
  exit: 'unreachable',
});
