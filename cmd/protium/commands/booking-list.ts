import type { Command } from 'commander';
import {
  BookingsServiceService,
  type Booking,
} from '../../../internal/api/grpc/generated/protium/v1/bookings.ts';
import { allPages, pageSize } from '../connection/all-pages.ts';
import type { Daemon } from '../connection/daemon.ts';
import { bookingTable } from '../output/booking-text.ts';
import type { RunSession } from '../session.ts';

interface BookingListOptions {
  readonly user: string;
  readonly state: readonly string[];
}

export function addBookingListCommand(parent: Command, run: RunSession): void {
  parent
    .command('list')
    .description('list the bookings, by start')
    .option('--user <user>', 'of this user', '')
    .option(
      '--state <state...>',
      'only those that are to begin (booking), have begun (using), are over (used)',
      [],
    )
    .action(({ user, state }: BookingListOptions, command: Command) =>
      run(command, async ({ daemon, output }) => {
        const bookings = await allBookings(daemon, { user, states: [...state] });
        output.answer(
          BookingsServiceService.listBookings,
          { bookings, nextPageToken: '' },
          { names: bookings.map(({ id }) => id), text: () => bookingTable(bookings) },
        );
      }),
    );
}

export function allBookings(
  daemon: Daemon,
  filter: { readonly user?: string; readonly states: string[] },
): Promise<Booking[]> {
  return allPages(async (pageToken) => {
    const answer = await daemon.call(BookingsServiceService.listBookings, {
      user: '',
      ...filter,
      pageSize,
      pageToken,
    });
    return { items: answer.bookings, next: answer.nextPageToken };
  });
}
