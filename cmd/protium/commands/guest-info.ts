import type { Command } from 'commander';
import { GuestsServiceService } from '../../../internal/api/grpc/generated/protium/v1/guests.ts';
import { guestInfoText } from '../output/guest-text.ts';
import type { RunSession } from '../session.ts';

export function addGuestInfoCommand(parent: Command, run: RunSession): void {
  parent
    .command('info')
    .description('show what the agent tells of the guest')
    .argument('<instance>', 'name or uuid')
    .action((instance: string, _options: object, command: Command) =>
      run(command, async ({ daemon, output }) => {
        const method = GuestsServiceService.getGuestInfo;
        const answer = await daemon.call(method, { instance });
        output.answer(method, answer, { names: [instance], text: () => guestInfoText(answer) });
      }),
    );
}
