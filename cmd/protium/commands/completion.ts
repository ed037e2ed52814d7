import { Argument, type Command } from 'commander';
import { completionScripts, shells, type Shell } from '../completion/scripts.ts';
import type { RunSession } from '../session.ts';

export function addCompletionCommand(program: Command, run: RunSession): void {
  program
    .command('completion')
    .description('write the script that completes this program in a shell; its first line says how to use it')
    .addArgument(new Argument('<shell>', 'which shell').choices(shells))
    .action((shell: Shell, _options: object, command: Command) =>
      run(command, ({ output }) => {
        output.write(completionScripts[shell]);
        return Promise.resolve();
      }),
    );
}
