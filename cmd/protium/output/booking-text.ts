import type { Booking, BookingUser } from '../../../internal/api/grpc/generated/protium/v1/bookings.ts';
import { formatTable } from './table.ts';
import { formatTime } from './units.ts';

/** A line a booking. */
export function bookingTable(bookings: readonly Booking[]): string {
  return formatTable(
    ['START', 'END', 'USER', 'CPUS', 'MEMORY', 'GPUS', 'PORT', 'IMAGE', 'STATE', 'ID'],
    bookings.map((booking) =>
      [
        formatTime(booking.startTime),
        formatTime(booking.endTime),
        booking.user,
        String(booking.cpus),
        `${booking.memoryGb} GB`,
        booking.gpuNumbers.length > 0
          ? `${booking.gpus} (${booking.gpuNumbers.join(', ')})`
          : String(booking.gpus),
        String(booking.forwardPort),
        booking.image,
        booking.state,
        booking.id,
      ].map(cell),
    ),
  );
}

/** A line a user. */
export function bookingUserTable(users: readonly BookingUser[]): string {
  return formatTable(
    ['USER', 'PORT', 'IMAGE', 'OWNER'],
    users.map(({ user, forwardPort, image, owner }) => [user, String(forwardPort), image, owner].map(cell)),
  );
}

function cell(text: string): { readonly text: string } {
  return { text };
}
