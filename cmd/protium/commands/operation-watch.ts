import type { Command } from 'commander';
import {
  OperationsServiceService,
  type Operation,
} from '../../../internal/api/grpc/generated/protium/v1/operations.ts';
import { requireSuccess } from '../operations/ended.ts';
import { followOperation } from '../operations/follow.ts';
import { operationLine } from '../output/operation-text.ts';
import type { RunSession } from '../session.ts';

export function addOperationWatchCommand(parent: Command, run: RunSession): void {
  parent
    .command('watch')
    .description('show an operation and each change of it until it has ended; fails as it failed')
    .argument('<operation>', 'its id')
    .action((id: string, _options: object, command: Command) =>
      run(command, async ({ daemon, output, interrupted: signal }) => {
        const { operation: first } = await daemon.call(OperationsServiceService.getOperation, { id });
        if (first === undefined) return;
        const show = (operation: Operation): void =>
          output.item(
            OperationsServiceService.watchOperation,
            { operation },
            { names: [id], text: () => operationLine(operation) },
          );
        // The stream begins with the operation as it stands; of one that has ended there is none.
        if (first.endTime !== undefined) show(first);
        const ended = await followOperation(daemon, first, { signal, changed: show });
        requireSuccess(ended, ended.kind);
      }),
    );
}
