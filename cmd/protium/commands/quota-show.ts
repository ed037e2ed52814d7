import type { Command } from 'commander';
import { ProjectsServiceService } from '../../../internal/api/grpc/generated/protium/v1/projects.ts';
import { quotaTable } from '../output/quota-text.ts';
import type { RunSession } from '../session.ts';
import { quotaSubject } from './quota-subject.ts';

export function addQuotaShowCommand(parent: Command, run: RunSession): void {
  parent
    .command('show')
    .description('show what a project may have, and what it has; or a user, of all that they make')
    .argument(
      '[project]',
      'its name or id, a user’s name for their own project; left out or default: what holds where nothing else is set',
    )
    .option('--user <user>', 'of this user, in all projects; default: of all in which nothing else is set')
    .action((project: string | undefined, options: { readonly user?: string }, command: Command) =>
      run(command, async ({ daemon, output }) => {
        const subject = quotaSubject(
          project ?? (options.user === undefined ? 'default' : undefined),
          options.user,
        );
        const { name } = subject;
        if (subject.of === 'user') {
          const method = ProjectsServiceService.getUserQuota;
          const answer = await daemon.call(method, { user: name });
          output.answer(method, answer, { names: [name], text: () => quotaTable(answer, 'user') });
          return;
        }
        const method = ProjectsServiceService.getQuota;
        const answer = await daemon.call(method, { project: name });
        output.answer(method, answer, { names: [name], text: () => quotaTable(answer) });
      }),
    );
}
