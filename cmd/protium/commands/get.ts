import type { Command } from 'commander';
import { InstancesServiceService } from '../../../internal/api/grpc/generated/protium/v1/instances.ts';
import { instanceFields } from '../output/instance-text.ts';
import type { RunSession } from '../session.ts';

export function addGetCommand(program: Command, run: RunSession): void {
  program
    .command('get')
    .description('show one instance; its config and plan with -o json or yaml')
    .argument('<instance>', 'name or uuid')
    .action((instance: string, _options: object, command: Command) =>
      run(command, async ({ daemon, output }) => {
        const method = InstancesServiceService.getInstance;
        const answer = await daemon.call(method, { instance });
        const { instance: got } = answer;
        if (got === undefined) return;
        output.answer(method, answer, { names: [got.name], text: () => instanceFields(got) });
      }),
    );
}
