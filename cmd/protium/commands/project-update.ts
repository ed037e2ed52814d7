import type { Command } from 'commander';
import { ProjectsServiceService } from '../../../internal/api/grpc/generated/protium/v1/projects.ts';
import { answerProject } from '../output/project-text.ts';
import type { RunSession } from '../session.ts';

interface ProjectUpdateOptions {
  readonly description: string;
  readonly dryRun?: boolean;
}

export function addProjectUpdateCommand(parent: Command, run: RunSession): void {
  parent
    .command('update')
    .description('change what is said of a project')
    .argument('<project>', 'its name or id')
    .requiredOption('--description <text>', 'what it is for')
    .option('--dry-run', 'only check it')
    .action((project: string, options: ProjectUpdateOptions, command: Command) =>
      run(command, async ({ daemon, output }) => {
        const { description, dryRun: validateOnly = false } = options;
        const method = ProjectsServiceService.updateProject;
        answerProject(output, method, await daemon.call(method, { project, description, validateOnly }));
      }),
    );
}
