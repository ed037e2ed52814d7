import type { Command } from 'commander';
import type { RunSession } from '../session.ts';
import { addUsageListCommand } from './usage-list.ts';

export function addUsageCommands(program: Command, run: RunSession): void {
  const usage = program.command('usage').description('for how long instances ran');
  addUsageListCommand(usage, run);
}
