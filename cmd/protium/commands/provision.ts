import type { Command } from 'commander';
import type { RunSession } from '../session.ts';
import { addProvisionAnalyzeCommand } from './provision-analyze.ts';

export function addProvisionCommands(program: Command, run: RunSession): void {
  const provision = program
    .command('provision')
    .description('from a repository to the machine that it needs');
  addProvisionAnalyzeCommand(provision, run);
}
