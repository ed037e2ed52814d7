import type { Command } from 'commander';
import { OperationsServiceService } from '../../../internal/api/grpc/generated/protium/v1/operations.ts';
import { allPages, pageSize } from '../connection/all-pages.ts';
import { operationStates } from '../output/enum-names.ts';
import { operationTable } from '../output/operation-text.ts';
import type { RunSession } from '../session.ts';
import { statesOf, statesOption } from './states-option.ts';

interface OperationListOptions {
  readonly state: readonly string[];
  readonly kind: string;
  readonly resource: string;
}

export function addOperationListCommand(parent: Command, run: RunSession): void {
  parent
    .command('list')
    .description('list operations, newest first')
    .addOption(statesOption(operationStates, 'only operations in this state'))
    .option('--kind <kind>', 'only this kind, e.g. instance.stop', '')
    .option('--resource <resource>', 'only operations that lock this, e.g. domain/NAME', '')
    .action(({ state, kind, resource }: OperationListOptions, command: Command) =>
      run(command, async ({ daemon, output }) => {
        const states = statesOf(operationStates, state);
        const method = OperationsServiceService.listOperations;
        const operations = await allPages(async (pageToken) => {
          const answer = await daemon.call(method, { states, kind, resource, pageSize, pageToken });
          return { items: answer.operations, next: answer.nextPageToken };
        });
        output.answer(
          method,
          { operations, nextPageToken: '' },
          { names: operations.map(({ id }) => id), text: () => operationTable(operations, output) },
        );
      }),
    );
}
