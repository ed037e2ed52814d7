import type { Command } from 'commander';
import { ProjectsServiceService } from '../../../internal/api/grpc/generated/protium/v1/projects.ts';
import { answerProject } from '../output/project-text.ts';
import type { RunSession } from '../session.ts';

export function addProjectShowCommand(parent: Command, run: RunSession): void {
  parent
    .command('show')
    .description('show a project and its members')
    .argument('<project>', 'its name or id')
    .action((project: string, _options: object, command: Command) =>
      run(command, async ({ daemon, output }) => {
        const method = ProjectsServiceService.getProject;
        answerProject(output, method, await daemon.call(method, { project }));
      }),
    );
}
