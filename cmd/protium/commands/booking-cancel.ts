import type { Command } from 'commander';
import { BookingsServiceService } from '../../../internal/api/grpc/generated/protium/v1/bookings.ts';
import type { RunSession } from '../session.ts';

export function addBookingCancelCommand(parent: Command, run: RunSession): void {
  parent
    .command('cancel')
    .description('give a booking up; one that has begun ends now')
    .argument('<booking>', 'its id')
    .requiredOption('--user <user>', 'whose it is; the password is asked for')
    .option('--dry-run', 'only check it')
    .action((id: string, { user, dryRun = false }: { user: string; dryRun?: boolean }, command: Command) =>
      run(command, async ({ daemon, output, dialogue }) => {
        const asking = dialogue();
        try {
          const password = await asking.ask('Please enter the password: ', { hidden: true });
          const method = BookingsServiceService.cancelBooking;
          const answer = await daemon.call(method, { id, user, password, validateOnly: dryRun });
          output.answer(method, answer, {
            names: [id],
            text: () => (dryRun ? `${id} could be given up\n` : `${id} is given up\n`),
          });
        } finally {
          asking.close();
        }
      }),
    );
}
