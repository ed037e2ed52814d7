import type { Command } from 'commander';
import { OperationsServiceService } from '../../../internal/api/grpc/generated/protium/v1/operations.ts';
import { operationFields } from '../output/operation-text.ts';
import type { RunSession } from '../session.ts';

export function addOperationGetCommand(parent: Command, run: RunSession): void {
  parent
    .command('get')
    .description('show one operation, with its steps')
    .argument('<operation>', 'its id')
    .action((id: string, _options: object, command: Command) =>
      run(command, async ({ daemon, output }) => {
        const method = OperationsServiceService.getOperation;
        const answer = await daemon.call(method, { id });
        const { operation } = answer;
        if (operation === undefined) return;
        output.answer(method, answer, { names: [id], text: () => operationFields(operation) });
      }),
    );
}
