import type { Command } from 'commander';
import type { RunSession } from '../session.ts';
import { addProvisionAnalyzeCommand } from './provision-analyze.ts';
import { addProvisionCancelCommand } from './provision-cancel.ts';
import { addProvisionListCommand } from './provision-list.ts';
import { addProvisionPlanCommand } from './provision-plan.ts';
import { addProvisionRunCommand } from './provision-run.ts';
import { addProvisionShowCommand } from './provision-show.ts';

export function addProvisionCommands(program: Command, run: RunSession): void {
  const provision = program
    .command('provision')
    .description('from a repository, or requirements in words, to a machine');
  addProvisionAnalyzeCommand(provision, run);
  addProvisionPlanCommand(provision, run);
  addProvisionRunCommand(provision, run);
  addProvisionListCommand(provision, run);
  addProvisionShowCommand(provision, run);
  addProvisionCancelCommand(provision, run);
}
