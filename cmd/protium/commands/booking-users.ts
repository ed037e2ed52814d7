import type { Command } from 'commander';
import { BookingsServiceService } from '../../../internal/api/grpc/generated/protium/v1/bookings.ts';
import { allPages, pageSize } from '../connection/all-pages.ts';
import { bookingUserTable } from '../output/booking-text.ts';
import type { RunSession } from '../session.ts';

export function addBookingUsersCommand(parent: Command, run: RunSession): void {
  parent
    .command('users')
    .description('list those who have booked or were imported')
    .action((_options: object, command: Command) =>
      run(command, async ({ daemon, output }) => {
        const method = BookingsServiceService.listBookingUsers;
        const users = await allPages(async (pageToken) => {
          const answer = await daemon.call(method, { pageSize, pageToken });
          return { items: answer.users, next: answer.nextPageToken };
        });
        output.answer(
          method,
          { users, nextPageToken: '' },
          { names: users.map(({ user }) => user), text: () => bookingUserTable(users) },
        );
      }),
    );
}
