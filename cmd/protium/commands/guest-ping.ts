import type { Command } from 'commander';
import { GuestsServiceService } from '../../../internal/api/grpc/generated/protium/v1/guests.ts';
import type { RunSession } from '../session.ts';

export function addGuestPingCommand(parent: Command, run: RunSession): void {
  parent
    .command('ping')
    .description('see whether the agent answers')
    .argument('<instance>', 'name or uuid')
    .action((instance: string, _options: object, command: Command) =>
      run(command, async ({ daemon, output }) => {
        const method = GuestsServiceService.pingGuest;
        const answer = await daemon.call(method, { instance });
        output.answer(method, answer, {
          names: [instance],
          text: () => `the agent answered in ${answer.durationMs} ms\n`,
        });
      }),
    );
}
