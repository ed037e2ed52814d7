import type { Command } from 'commander';
import { addFileOptions, type FileOptions } from '../config-file/config-options.ts';
import { readConfig } from '../config-file/read-config.ts';
import type { RunSession } from '../session.ts';
import { showPlan } from './show-plan.ts';

export function addPlanCommand(program: Command, run: RunSession): void {
  addFileOptions(program.command('plan'))
    .description('show what a config would get of this host, or every reason why it cannot be had')
    .option('--owner <id>', 'the project for which it is planned (32 hexadecimal digits)', '')
    .action(({ file, format, owner }: FileOptions & { readonly owner: string }, command: Command) =>
      run(command, async (session) => showPlan(session, await readConfig(file, format, session), owner)),
    );
}
