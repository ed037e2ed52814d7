import type { Command } from 'commander';
import { GuestsServiceService } from '../../../internal/api/grpc/generated/protium/v1/guests.ts';
import { guestUserTable } from '../output/guest-text.ts';
import type { RunSession } from '../session.ts';

export function addGuestUsersCommand(parent: Command, run: RunSession): void {
  parent
    .command('users')
    .description('list who is logged in')
    .argument('<instance>', 'name or uuid')
    .action((instance: string, _options: object, command: Command) =>
      run(command, async ({ daemon, output }) => {
        const method = GuestsServiceService.listGuestUsers;
        const answer = await daemon.call(method, { instance });
        output.answer(method, answer, {
          names: answer.users.map(({ name }) => name),
          text: () => guestUserTable(answer.users),
        });
      }),
    );
}
