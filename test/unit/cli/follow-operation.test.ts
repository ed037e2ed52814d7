import { expect, it } from 'vitest';
import type { Daemon } from '../../../cmd/protium/connection/daemon.ts';
import { Failure } from '../../../cmd/protium/failure.ts';
import { followOperation } from '../../../cmd/protium/operations/follow.ts';
import {
  OperationState,
  type Operation,
} from '../../../internal/api/grpc/generated/protium/v1/operations.ts';

const begun: Operation = {
  id: 'o-1',
  kind: 'instance.stop',
  state: OperationState.OPERATION_STATE_RUNNING,
  resources: [],
  steps: [],
  cancelRequested: false,
};
const ended: Operation = {
  ...begun,
  state: OperationState.OPERATION_STATE_SUCCEEDED,
  endTime: new Date(0),
};

/** Each stream sends an operation, if it has one, and ends or fails. */
function daemonOf(streams: readonly (readonly [Operation | null, Failure | null])[]) {
  const rest = [...streams];
  const watch = async function* () {
    const [operation, failure] = rest.shift() ?? [null, null];
    if (operation !== null) yield await Promise.resolve({ operation });
    if (failure !== null) throw failure;
  };
  return { rest, daemon: { watch } as unknown as Daemon };
}

const options = () => ({ signal: new AbortController().signal, changed: () => undefined });

it('an operation is followed over a restart of the daemon', async () => {
  const unreachable = new Failure('unreachable', 'Nobody answers.', { exit: 'unreachable' });
  const { daemon, rest } = daemonOf([
    [begun, unreachable],
    [begun, null],
    [ended, null],
  ]);
  expect(await followOperation(daemon, begun, options())).toBe(ended);
  expect(rest).toEqual([]);
});

it('one that has ended is not asked for again', async () => {
  expect(await followOperation(daemonOf([]).daemon, ended, options())).toBe(ended);
});

it('one that is gone is a failure at once', async () => {
  const gone = new Failure('not-found', 'There is none.', { exit: 'notFound' });
  await expect(followOperation(daemonOf([[null, gone]]).daemon, begun, options())).rejects.toBe(gone);
});
