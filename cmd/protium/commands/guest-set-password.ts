import type { Command } from 'commander';
import { GuestsServiceService } from '../../../internal/api/grpc/generated/protium/v1/guests.ts';
import { Failure } from '../failure.ts';
import type { RunSession, Session } from '../session.ts';

export function addGuestSetPasswordCommand(parent: Command, run: RunSession): void {
  parent
    .command('set-password')
    .description('set the password of a user in an instance; it is asked for, or the first line of stdin')
    .argument('<instance>', 'name or uuid')
    .argument('<user>', 'login name')
    .option('--hashed', 'it is a hash, as crypt(3) makes it')
    .action(
      (instance: string, user: string, { hashed = false }: { readonly hashed?: boolean }, command: Command) =>
        run(command, async (session) => {
          const password = await readPassword(session, user);
          if (password === '') throw new Failure('usage', 'No password was given.', { exit: 'usage' });
          await session.daemon.call(GuestsServiceService.setGuestPassword, {
            instance,
            user,
            password,
            hashed,
            validateOnly: false,
          });
          session.output.note(`The password of ${user} is set.`);
        }),
    );
}

/** Not an argument: those are seen by all users of a machine. */
async function readPassword(session: Session, user: string): Promise<string> {
  const { askSecret } = session.terminal;
  if (askSecret !== null) return askSecret(`New password of ${user}: `);
  return (await session.readStdin()).split(/\r?\n/, 1)[0] ?? '';
}
