import type { Command } from 'commander';
import { ProjectsServiceService } from '../../../internal/api/grpc/generated/protium/v1/projects.ts';
import { answerProject } from '../output/project-text.ts';
import type { RunSession } from '../session.ts';

interface ProjectCreateOptions {
  readonly description: string;
  readonly idempotencyKey: string;
  readonly dryRun?: boolean;
}

export function addProjectCreateCommand(parent: Command, run: RunSession): void {
  parent
    .command('create')
    .description('make a project that users share (for administrators)')
    .argument('<name>', 'what it is to be called')
    .option('--description <text>', 'what it is for', '')
    .option('--idempotency-key <key>', 'the same key again means the same project', '')
    .option('--dry-run', 'only check it')
    .action((name: string, options: ProjectCreateOptions, command: Command) =>
      run(command, async ({ daemon, output }) => {
        const { description, idempotencyKey, dryRun: validateOnly = false } = options;
        const method = ProjectsServiceService.createProject;
        const answer = await daemon.call(method, { name, description, idempotencyKey, validateOnly });
        answerProject(output, method, answer);
      }),
    );
}
