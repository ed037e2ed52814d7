import { sees } from '../../authorization/decide.ts';
import type { Booking as Kept, Bookings, BookingState, BookingUser } from '../../booking/booking.ts';
import type { Maximum } from '../../booking/capability.ts';
import { invalidArgument } from '../../errors/invalid-argument.ts';
import {
  BookingsServiceClient,
  type Booking,
  type BookingMaximum,
  type BookingsServiceServer,
} from '../grpc/generated/protium/v1/bookings.ts';
import { listPage } from './list-page.ts';
import { v1Service, type V1Service } from './service.ts';

/** protium.v1.BookingsService. */
export function bookingsService(bookings: Bookings): V1Service {
  return v1Service<BookingsServiceServer>(BookingsServiceClient, {
    listBookings: (request, { caller }) => {
      const states = request.states.map(stateOf);
      const seen = new Set(bookings.users().flatMap(({ user, owner }) => (sees(caller, owner) ? user : [])));
      const found = bookings
        .list(request.user === '' ? {} : { user: request.user })
        .filter(({ user }) => caller.administrator || seen.has(user))
        .filter(({ state }) => states.length === 0 || states.includes(state));
      const page = listPage(found, byStart, request);
      return { bookings: page.items.map(encode), nextPageToken: page.nextPageToken };
    },
    createBooking: async (request) => {
      const { startTime, endTime, memoryGb, gpus, cpus, user, password, validateOnly } = request;
      if (startTime === undefined) throw invalidArgument('start_time', 'When does it begin?');
      if (endTime === undefined) throw invalidArgument('end_time', 'When does it end?');
      const made = await bookings.book({
        user,
        password,
        start: startTime.getTime(),
        end: endTime.getTime(),
        cpus,
        memoryGb,
        gpus,
        forwardPort: numberOrNull(request.forwardPort),
        image: textOrNull(request.image),
        extraCommand: textOrNull(request.extraCommand),
        validateOnly,
      });
      return { booking: encode({ ...made, state: 'booking' }) };
    },
    cancelBooking: async (request) => {
      const booking = await bookings.cancel(request);
      return { booking: encode({ ...booking, state: 'booking' }) };
    },
    listBookingUsers: (request, { caller }) => {
      const seen = bookings.users().filter(({ owner }) => sees(caller, owner));
      const page = listPage(seen, ({ user }) => user, request);
      return { users: page.items.map(encodeUser), nextPageToken: page.nextPageToken };
    },
    getBookingUser: ({ user }) => {
      const { known, maximum } = bookings.user(user);
      return { user: known === null ? undefined : encodeUser(known), maximum: encodeMaximum(maximum) };
    },
    registerBookingUser: async ({ user, password, forwardPort, validateOnly }) => ({
      user: encodeUser(
        await bookings.register({ user, password, forwardPort: numberOrNull(forwardPort), validateOnly }),
      ),
    }),
    loginBookingUser: async ({ user, password }) => ({
      user: encodeUser(await bookings.login(user, password)),
    }),
    updateBookingUser: async (request) => ({
      user: encodeUser(
        await bookings.change({
          user: request.user,
          password: request.password,
          newPassword: textOrNull(request.newPassword),
          forwardPort: numberOrNull(request.forwardPort),
          image: textOrNull(request.image),
          extraCommand: textOrNull(request.extraCommand),
          validateOnly: request.validateOnly,
        }),
      ),
    }),
    restartBooking: (request) => bookings.restart(request),
    getBookingChoices: () => {
      const { images, freePort } = bookings.choices();
      return { images: [...images], freePort };
    },
    importBookings: async ({ files, validateOnly }) => {
      const { imported, skipped } = await bookings.import(files, { validateOnly });
      return { imported: [...imported], skipped: [...skipped] };
    },
    exportBookings: () => ({ files: { ...bookings.export() } }),
  });
}

function byStart({ start, id }: Kept): string {
  return `${String(start).padStart(16, '0')}/${id}`;
}

function stateOf(text: string): BookingState {
  if (text === 'booking' || text === 'using' || text === 'used') return text;
  throw invalidArgument('states', 'A state is booking, using or used.');
}

function textOrNull(text: string): string | null {
  return text === '' ? null : text;
}

function numberOrNull(value: number): number | null {
  return value === 0 ? null : value;
}

function encode(booking: Kept & { readonly state: BookingState }): Booking {
  const { id, user, start, end, cpus, memoryGb, gpus, gpuNumbers, forwardPort, image, state, lease } =
    booking;
  return {
    id,
    user,
    startTime: new Date(start),
    endTime: new Date(end),
    cpus,
    memoryGb,
    gpus,
    gpuNumbers: [...gpuNumbers],
    forwardPort,
    image: image ?? '',
    state,
    lease: lease ?? '',
  };
}

function encodeUser({ user, owner, forwardPort, image }: BookingUser) {
  return { user, owner, forwardPort, image: image ?? '' };
}

function encodeMaximum({ cpus, memoryGb, gpus, backupSpaceGb, workSpaceGb }: Maximum): BookingMaximum {
  return { cpus, memoryGb, gpus, backupSpaceGb, workSpaceGb };
}
