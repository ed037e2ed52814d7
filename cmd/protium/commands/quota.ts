import type { Command } from 'commander';
import type { RunSession } from '../session.ts';
import { addQuotaSetCommand } from './quota-set.ts';
import { addQuotaShowCommand } from './quota-show.ts';

export function addQuotaCommands(program: Command, run: RunSession): void {
  const quota = program.command('quota').description('what projects and users may have at once');
  addQuotaShowCommand(quota, run);
  addQuotaSetCommand(quota, run);
}
