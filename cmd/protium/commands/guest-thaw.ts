import type { Command } from 'commander';
import { GuestsServiceService } from '../../../internal/api/grpc/generated/protium/v1/guests.ts';
import type { RunSession } from '../session.ts';

export function addGuestThawCommand(parent: Command, run: RunSession): void {
  parent
    .command('thaw')
    .description('thaw the file systems of an instance')
    .argument('<instance>', 'name or uuid')
    .action((instance: string, _options: object, command: Command) =>
      run(command, async ({ daemon, output }) => {
        const method = GuestsServiceService.thawGuestFilesystems;
        const answer = await daemon.call(method, { instance, validateOnly: false });
        output.answer(method, answer, { names: [instance], text: () => `thawed: ${answer.filesystems}\n` });
      }),
    );
}
