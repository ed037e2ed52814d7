import type { Command } from 'commander';
import type { RunSession } from '../session.ts';
import { addProjectCreateCommand } from './project-create.ts';
import { addProjectDeleteCommand } from './project-delete.ts';
import { addProjectListCommand } from './project-list.ts';
import { addProjectMemberCommands } from './project-member.ts';
import { addProjectShowCommand } from './project-show.ts';
import { addProjectUpdateCommand } from './project-update.ts';

export function addProjectCommands(program: Command, run: RunSession): void {
  const project = program
    .command('project')
    .description('projects: what belongs together, and who may use it');
  addProjectCreateCommand(project, run);
  addProjectListCommand(project, run);
  addProjectShowCommand(project, run);
  addProjectUpdateCommand(project, run);
  addProjectMemberCommands(project, run);
  addProjectDeleteCommand(project, run);
}
