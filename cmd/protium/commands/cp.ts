import type { Command } from 'commander';
import { Failure } from '../failure.ts';
import { findTarget, type TargetOptions } from '../guest/find-target.ts';
import { keepKnownHosts, withKnownHosts } from '../guest/known-hosts-file.ts';
import { requireClient, runClient } from '../guest/run-client.ts';
import { remotePlace, shellLine, sshOptions } from '../guest/ssh-options.ts';
import { parsePlace } from '../guest/place.ts';
import type { RunSession } from '../session.ts';
import { addSshOptions } from './ssh-options.ts';

interface CopyOptions extends TargetOptions {
  readonly print?: boolean;
  readonly recursive?: boolean;
}

export function addCpCommand(program: Command, run: RunSession): void {
  addSshOptions(program.command('cp'))
    .description("copy files to or from an instance by the system's scp, which asks for sftp there")
    .argument('<source>', 'a file here, or INSTANCE:FILE')
    .argument('<target>', 'the same; one of both is in an instance')
    .option('-r, --recursive', 'whole directories')
    .action((source: string, to: string, options: CopyOptions, command: Command) =>
      run(command, async (session) => {
        const places = [parsePlace(source), parsePlace(to)];
        const [instance, second] = places.flatMap((place) => place.instance ?? []);
        if (instance === undefined || second !== undefined) {
          throw new Failure('usage', 'One of both is in an instance: INSTANCE:FILE.', { exit: 'usage' });
        }
        if (options.print !== true) await requireClient('ssh');
        const { target, knownHosts } = await findTarget(session, instance, options);
        const argumentsWith = (file: string): readonly string[] => [
          ...sshOptions(target, file),
          ...(options.recursive === true ? ['-r'] : []),
          '--',
          ...places.map((place) => (place.instance === null ? place.file : remotePlace(target, place.file))),
        ];
        if (options.print === true) {
          const args = argumentsWith(await keepKnownHosts(target.uuid, knownHosts));
          session.output.write(`${shellLine(['scp', ...args])}\n`);
          return;
        }
        session.endWith(await withKnownHosts(knownHosts, (file) => runClient('scp', argumentsWith(file))));
      }),
    );
}
