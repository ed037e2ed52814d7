import { BookingsServiceService } from '../../../internal/api/grpc/generated/protium/v1/bookings.ts';
import type { BookingDesk } from '../../../internal/booking/dialogue.ts';
import type { Daemon } from '../connection/daemon.ts';
import { Failure } from '../failure.ts';

/** The daemon as the dialogue of booking sees it; what it refuses is a sentence for the person. */
export function bookingDesk(
  daemon: Daemon,
): BookingDesk & { restart(user: string, password: string): Promise<string | null> } {
  return {
    user: (user) =>
      unless('not-found', async () => {
        const answer = await daemon.call(BookingsServiceService.getBookingUser, { user });
        const { maximum } = answer;
        return maximum === undefined ? null : { isKnown: answer.user !== undefined, maximum };
      }),
    login: async (user, password) =>
      (await unless('credentials-wrong', () =>
        daemon.call(BookingsServiceService.loginBookingUser, { user, password }),
      )) !== null,
    images: async () => (await daemon.call(BookingsServiceService.getBookingChoices, {})).images,
    freePort: async () => (await daemon.call(BookingsServiceService.getBookingChoices, {})).freePort,
    book: ({ start, end, forwardPort, image, extraCommand, ...request }) =>
      refusal(() =>
        daemon.call(BookingsServiceService.createBooking, {
          ...request,
          startTime: new Date(start),
          endTime: new Date(end),
          forwardPort: forwardPort ?? 0,
          image: image ?? '',
          extraCommand: extraCommand ?? '',
          validateOnly: false,
        }),
      ),
    change: (user, password, change) =>
      refusal(() =>
        daemon.call(BookingsServiceService.updateBookingUser, {
          user,
          password,
          newPassword: change.password ?? '',
          forwardPort: change.forwardPort ?? 0,
          image: change.image ?? '',
          extraCommand: change.extraCommand ?? '',
          validateOnly: false,
        }),
      ),
    register: (user, { password, forwardPort }) =>
      refusal(() =>
        daemon.call(BookingsServiceService.registerBookingUser, {
          user,
          password,
          forwardPort,
          validateOnly: false,
        }),
      ),
    restart: (user, password) =>
      refusal(() => daemon.call(BookingsServiceService.restartBooking, { user, password })),
  };
}

/** What the work resolves with; null where the daemon answers with that code. */
async function unless<T>(code: string, work: () => Promise<T>): Promise<T | null> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Failure && error.code === code) return null;
    throw error;
  }
}

/** In AIVC's words where it has some: the daemon's sentence tells what is missing. */
async function refusal(work: () => Promise<unknown>): Promise<string | null> {
  try {
    await work();
    return null;
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return error.code === 'lease-conflict'
      ? `There is not enough computing power for the time you need, book again.\n${error.message}`
      : error.message;
  }
}
