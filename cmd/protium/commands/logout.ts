import type { Command } from 'commander';
import { loginsFile, readLogins, writeLogins } from '../connection/logins.ts';
import { Failure } from '../failure.ts';
import type { GlobalOptions, RunSession } from '../session.ts';

export function addLogoutCommand(program: Command, run: RunSession): void {
  program
    .command('logout')
    .description('forget the token for the daemon at --address, or for the one that is meant; it stays valid')
    .action((_options: object, command: Command) =>
      run(command, ({ output }) => {
        const file = loginsFile(process.env);
        const { current, logins } = readLogins(file);
        const address = command.optsWithGlobals<GlobalOptions>().address ?? current;
        if (address === null || logins[address] === undefined) {
          throw new Failure('not-found', `No token is kept${address === null ? '' : ` for ${address}`}.`, {
            exit: 'notFound',
          });
        }
        const left = Object.fromEntries(Object.entries(logins).filter(([name]) => name !== address));
        writeLogins(file, { current: current === address ? null : current, logins: left });
        output.object(
          { address },
          { names: [address], text: () => `The token for ${address} is forgotten\n` },
        );
        return Promise.resolve();
      }),
    );
}
