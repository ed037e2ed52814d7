import type { Command } from 'commander';
import { findTarget, onlyInstance, type TargetOptions } from '../guest/find-target.ts';
import { keepKnownHosts, withKnownHosts } from '../guest/known-hosts-file.ts';
import { requireClient, runClient } from '../guest/run-client.ts';
import { shellLine, sshArguments } from '../guest/ssh-options.ts';
import type { RunSession } from '../session.ts';
import { addSshOptions } from './ssh-options.ts';

interface SshOptions extends TargetOptions {
  readonly print?: boolean;
}

export function addSshCommand(program: Command, run: RunSession): void {
  addSshOptions(program.command('ssh'))
    .description(
      "log in to an instance by the system's ssh, which knows it by the keys that it was made with",
    )
    .argument('[instance]', 'name or uuid; may be left out where there is one only')
    .argument('[command...]', 'what to run there instead of a shell; after --')
    .action((named: string | undefined, words: readonly string[], options: SshOptions, command: Command) =>
      run(command, async (session) => {
        if (options.print !== true) await requireClient('ssh');
        const name = named ?? (await onlyInstance(session));
        const { target, knownHosts } = await findTarget(session, name, options);
        if (options.print === true) {
          const args = sshArguments(target, await keepKnownHosts(target.uuid, knownHosts), words);
          session.output.write(`${shellLine(['ssh', ...args])}\n`);
          return;
        }
        const exitCode = await withKnownHosts(knownHosts, (file) =>
          runClient('ssh', sshArguments(target, file, words)),
        );
        session.endWith(exitCode);
      }),
    );
}
