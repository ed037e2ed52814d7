import { Option, type Command } from 'commander';
import { OperationsServiceService } from '../../../internal/api/grpc/generated/protium/v1/operations.ts';
import { Failure } from '../failure.ts';
import { requireSuccess } from '../operations/ended.ts';
import { operationFields } from '../output/operation-text.ts';
import type { RunSession } from '../session.ts';
import { parseSeconds } from './parse-number.ts';

export function addOperationWaitCommand(parent: Command, run: RunSession): void {
  parent
    .command('wait')
    .description('wait until an operation has ended; fails as it failed')
    .argument('<operation>', 'its id')
    .addOption(
      new Option('--timeout <seconds>', 'how long, at most 600').argParser(parseSeconds(600)).default(60),
    )
    .action((id: string, { timeout }: { readonly timeout: number }, command: Command) =>
      run(command, async ({ daemon, output }) => {
        const method = OperationsServiceService.waitOperation;
        const request = { id, timeoutSeconds: timeout };
        const answer = await daemon.call(method, request, { timeoutMs: timeout * 1000 + 10_000 });
        const { operation } = answer;
        if (operation === undefined) return;
        output.answer(method, answer, { names: [id], text: () => operationFields(operation) });
        if (operation.endTime === undefined) {
          throw new Failure('deadline-exceeded', `The operation goes on after ${timeout} s.`);
        }
        requireSuccess(operation, operation.kind);
      }),
    );
}
