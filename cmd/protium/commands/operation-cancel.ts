import type { Command } from 'commander';
import { OperationsServiceService } from '../../../internal/api/grpc/generated/protium/v1/operations.ts';
import { addDryRunOption } from '../operations/change-object.ts';
import { operationFields } from '../output/operation-text.ts';
import type { RunSession } from '../session.ts';

export function addOperationCancelCommand(parent: Command, run: RunSession): void {
  addDryRunOption(parent.command('cancel'))
    .description('ask for a cancel: what was done is taken back')
    .argument('<operation>', 'its id')
    .action((id: string, { dryRun = false }: { readonly dryRun?: boolean }, command: Command) =>
      run(command, async ({ daemon, output }) => {
        const method = OperationsServiceService.cancelOperation;
        const answer = await daemon.call(method, { id, validateOnly: dryRun });
        const { operation } = answer;
        const text = () =>
          operation === undefined ? `${id} could be cancelled\n` : operationFields(operation);
        output.answer(method, answer, { names: [id], text });
      }),
    );
}
