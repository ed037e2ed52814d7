import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Command } from 'commander';
import { BookingsServiceService } from '../../../internal/api/grpc/generated/protium/v1/bookings.ts';
import { Failure } from '../failure.ts';
import { printable } from '../output/printable.ts';
import type { RunSession } from '../session.ts';

export function addBookingImportCommand(parent: Command, run: RunSession): void {
  parent
    .command('import')
    .description('take over AIVC’s files: users, capabilities, bookings')
    .argument(
      '<file...>',
      'host_deploy.yaml, capability_config.yaml, users_config.yaml, booking.csv, using.csv, used.csv, backup.yaml; any of them',
    )
    .option('--dry-run', 'only check them')
    .action((paths: string[], { dryRun: validateOnly = false }: { dryRun?: boolean }, command: Command) =>
      run(command, async ({ daemon, output }) => {
        const files = Object.fromEntries(
          await Promise.all(paths.map(async (file) => [path.basename(file), await content(file)] as const)),
        );
        const method = BookingsServiceService.importBookings;
        const answer = await daemon.call(method, { files, validateOnly });
        const lines = [
          ...answer.imported.map((line) => `+ ${printable(line)}`),
          ...answer.skipped.map((line) => `- ${printable(line)}`),
        ];
        output.answer(method, answer, {
          names: [],
          text: () => (lines.length === 0 ? 'There is nothing new.\n' : `${lines.join('\n')}\n`),
        });
      }),
    );
}

async function content(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new Failure('file-not-found', `${file} cannot be read: ${(error as Error).message}`, {
      cause: error,
    });
  }
}
