import { Argument, type Command } from 'commander';
import { ProjectsServiceService } from '../../../internal/api/grpc/generated/protium/v1/projects.ts';
import { answerProject } from '../output/project-text.ts';
import type { RunSession } from '../session.ts';

interface MemberOptions {
  readonly dryRun?: boolean;
}

export function addProjectMemberCommands(parent: Command, run: RunSession): void {
  const member = parent.command('member').description('who may do what in a project');
  member
    .command('add')
    .description('make a user a member, or give a member another role')
    .argument('<project>', 'its name or id')
    .argument('<user>', 'name of the user')
    .addArgument(
      new Argument('[role]', 'viewer looks, operator also changes, admin also decides about members')
        .choices(['viewer', 'operator', 'admin'])
        .default('operator'),
    )
    .option('--dry-run', 'only check it')
    .action((project: string, user: string, role: string, options: MemberOptions, command: Command) =>
      run(command, async ({ daemon, output }) => {
        const { dryRun: validateOnly = false } = options;
        const method = ProjectsServiceService.setProjectMember;
        answerProject(output, method, await daemon.call(method, { project, user, role, validateOnly }));
      }),
    );
  member
    .command('remove')
    .description('end a membership')
    .argument('<project>', 'its name or id')
    .argument('<user>', 'name of the user')
    .option('--dry-run', 'only check it')
    .action((project: string, user: string, options: MemberOptions, command: Command) =>
      run(command, async ({ daemon, output }) => {
        const { dryRun: validateOnly = false } = options;
        const method = ProjectsServiceService.removeProjectMember;
        answerProject(output, method, await daemon.call(method, { project, user, validateOnly }));
      }),
    );
}
