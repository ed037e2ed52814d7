import type { Command } from 'commander';
import { ProvisionsServiceService } from '../../../internal/api/grpc/generated/protium/v1/provisions.ts';
import { provisionFields } from '../output/provision-text.ts';
import type { RunSession } from '../session.ts';

export function addProvisionShowCommand(parent: Command, run: RunSession): void {
  parent
    .command('show')
    .description('show one, with its plan and how to log in')
    .argument('<provision>', 'id or name')
    .action((provision: string, _options: object, command: Command) =>
      run(command, async ({ daemon, output }) => {
        const method = ProvisionsServiceService.getProvision;
        const answer = await daemon.call(method, { provision });
        const { provision: found } = answer;
        output.answer(method, answer, {
          names: found === undefined ? [] : [found.id],
          text: () => (found === undefined ? '' : provisionFields(found)),
        });
      }),
    );
}
