import type { Command } from 'commander';
import { ProjectsServiceService } from '../../../internal/api/grpc/generated/protium/v1/projects.ts';
import type { RunSession } from '../session.ts';

export function addProjectDeleteCommand(parent: Command, run: RunSession): void {
  parent
    .command('delete')
    .description('delete a project in which nothing is')
    .argument('<project>', 'its name or id')
    .option('--dry-run', 'only see whether it can be')
    .action((project: string, { dryRun = false }: { readonly dryRun?: boolean }, command: Command) =>
      run(command, async ({ daemon, output }) => {
        const method = ProjectsServiceService.deleteProject;
        const answer = await daemon.call(method, { project, validateOnly: dryRun });
        const text = () => `${project} ${dryRun ? 'would be' : 'is'} deleted\n`;
        output.answer(method, answer, { names: [project], text });
      }),
    );
}
