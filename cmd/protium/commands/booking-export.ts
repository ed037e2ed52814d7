import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Command } from 'commander';
import { BookingsServiceService } from '../../../internal/api/grpc/generated/protium/v1/bookings.ts';
import { Failure } from '../failure.ts';
import type { RunSession } from '../session.ts';

export function addBookingExportCommand(parent: Command, run: RunSession): void {
  parent
    .command('export')
    .description('write the files that AIVC would have, without passwords; none that is there is replaced')
    .argument('<directory>', 'where to; it is made')
    .action((directory: string, _options: object, command: Command) =>
      run(command, async ({ daemon, output }) => {
        const method = BookingsServiceService.exportBookings;
        const answer = await daemon.call(method, {});
        const written: string[] = [];
        try {
          await mkdir(directory, { recursive: true });
          for (const [name, text] of Object.entries(answer.files)) {
            const file = path.join(directory, path.basename(name));
            await writeFile(file, text, { flag: 'wx', mode: 0o600 });
            written.push(file);
          }
        } catch (error) {
          throw new Failure('file-not-written', `${directory}: ${(error as Error).message}`, {
            cause: error,
          });
        }
        output.answer(method, answer, { names: written, text: () => `${written.join('\n')}\n` });
      }),
    );
}
