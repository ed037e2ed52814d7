import type { Command } from 'commander';
import { OperationsServiceService } from '../../../internal/api/grpc/generated/protium/v1/operations.ts';
import { operationFields } from '../output/operation-text.ts';
import type { RunSession } from '../session.ts';

export function addOperationCancelCommand(parent: Command, run: RunSession): void {
  parent
    .command('cancel')
    .description('ask for a cancel: what was done is taken back')
    .argument('<operation>', 'its id')
    .action((id: string, _options: object, command: Command) =>
      run(command, async ({ daemon, output }) => {
        const method = OperationsServiceService.cancelOperation;
        const answer = await daemon.call(method, { id });
        const { operation } = answer;
        if (operation === undefined) return;
        output.answer(method, answer, { names: [id], text: () => operationFields(operation) });
      }),
    );
}
