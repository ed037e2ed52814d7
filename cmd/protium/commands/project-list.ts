import type { Command } from 'commander';
import { ProjectsServiceService } from '../../../internal/api/grpc/generated/protium/v1/projects.ts';
import { allPages, pageSize } from '../connection/all-pages.ts';
import { projectTable } from '../output/project-text.ts';
import type { RunSession } from '../session.ts';

export function addProjectListCommand(parent: Command, run: RunSession): void {
  parent
    .command('list')
    .description('list the projects in which one has a role, by name')
    .action((_options: object, command: Command) =>
      run(command, async ({ daemon, output }) => {
        const method = ProjectsServiceService.listProjects;
        const projects = await allPages(async (pageToken) => {
          const answer = await daemon.call(method, { pageSize, pageToken });
          return { items: answer.projects, next: answer.nextPageToken };
        });
        output.answer(
          method,
          { projects, nextPageToken: '' },
          { names: projects.map(({ name }) => name), text: () => projectTable(projects) },
        );
      }),
    );
}
