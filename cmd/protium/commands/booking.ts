import type { Command } from 'commander';
import { bookByDialogue } from '../../../internal/booking/dialogue.ts';
import { BookingsServiceService } from '../../../internal/api/grpc/generated/protium/v1/bookings.ts';
import { bookingDesk } from '../booking/booking-desk.ts';
import { bookingTable } from '../output/booking-text.ts';
import type { RunSession } from '../session.ts';
import { addBookingCancelCommand } from './booking-cancel.ts';
import { addBookingExportCommand } from './booking-export.ts';
import { addBookingImportCommand } from './booking-import.ts';
import { addBookingListCommand, allBookings } from './booking-list.ts';
import { addBookingUsersCommand } from './booking-users.ts';

interface BookingOptions {
  readonly userId?: string;
  readonly studentId?: string;
  readonly useOptions?: boolean;
  readonly listSchedule?: boolean;
  readonly restart?: boolean;
}

export function addBookingCommands(program: Command, run: RunSession): void {
  const booking = program
    .command('booking')
    .description(
      'book processors, memory and GPUs for a time, by a dialogue; -id, -std-id, -use-opt, -ls and -rst are AIVC’s short forms',
    )
    .option('--user-id <user>', 'who books; else it is asked for')
    .option('--student-id <user>', 'the same, as it was called before')
    .option('--use-options', 'ask for password, port, image and extra command too')
    .option('--list-schedule', 'show what is booked and what runs, instead')
    .option('--restart', "restart the user's machine, instead")
    .action((options: BookingOptions, command: Command) =>
      run(command, async (session) => {
        const { daemon, output, endWith } = session;
        if (options.listSchedule === true) {
          const bookings = await allBookings(daemon, { states: ['booking', 'using'] });
          const answer = { bookings, nextPageToken: '' };
          output.answer(BookingsServiceService.listBookings, answer, {
            names: bookings.map(({ id }) => id),
            text: () => bookingTable(bookings),
          });
          return;
        }
        const dialogue = session.dialogue();
        const user = options.userId ?? options.studentId ?? null;
        try {
          const desk = bookingDesk(daemon);
          const done =
            options.restart === true
              ? await restart(dialogue, desk, user)
              : await bookByDialogue(dialogue, desk, {
                  user,
                  useOptions: options.useOptions === true,
                  now: Date.now,
                });
          if (!done) endWith(1);
        } finally {
          dialogue.close();
        }
      }),
    );
  addBookingListCommand(booking, run);
  addBookingCancelCommand(booking, run);
  addBookingUsersCommand(booking, run);
  addBookingImportCommand(booking, run);
  addBookingExportCommand(booking, run);
}

async function restart(
  { ask, tell }: Parameters<typeof bookByDialogue>[0],
  desk: ReturnType<typeof bookingDesk>,
  given: string | null,
): Promise<boolean> {
  const user = given ?? (await ask('Please enter the user_id: '));
  const password = await ask('Please enter the password: ', { hidden: true });
  const refusal = await desk.restart(user, password);
  tell(refusal ?? `Your container:${user} has been restarted.`);
  return refusal === null;
}
