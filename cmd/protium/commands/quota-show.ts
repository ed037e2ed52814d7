import type { Command } from 'commander';
import { ProjectsServiceService } from '../../../internal/api/grpc/generated/protium/v1/projects.ts';
import { quotaTable } from '../output/quota-text.ts';
import type { RunSession } from '../session.ts';

export function addQuotaShowCommand(parent: Command, run: RunSession): void {
  parent
    .command('show')
    .description('show what a project may have, and what it has')
    .argument(
      '[project]',
      'its name or id, a user’s name; default: what holds where nothing else is set',
      'default',
    )
    .action((project: string, _options: object, command: Command) =>
      run(command, async ({ daemon, output }) => {
        const method = ProjectsServiceService.getQuota;
        const answer = await daemon.call(method, { project });
        output.answer(method, answer, { names: [project], text: () => quotaTable(answer) });
      }),
    );
}
