import type { PlannedDevice } from '../../devices/free-devices.ts';
import type { Plan } from '../../placement/plan.ts';
import type { Booking, Rebooking } from '../changes/booking.ts';

/** Something that is about to be plugged into an instance. Plain: it is journalled. */
export interface Prepared {
  /** What libvirt is told, one device after the other. */
  readonly devices: readonly PreparedDevice[];
  /** What the instance has with it. */
  readonly plan: Plan;
  /** Host devices that are taken from their drivers for it. */
  readonly taken: readonly PlannedDevice[];
  /** Networks that must be active for it. */
  readonly networks: readonly string[];
  readonly notices: readonly string[];
}

export interface PreparedDevice {
  /** As attachments are known; null: what the next one needs, and what stays. */
  readonly id: string | null;
  readonly xml: string;
}

/** Plans, and holds what was planned where an operation is behind it. */
export type Book = (rebooking: Rebooking, merge: (plan: Plan) => Plan) => Promise<Plan>;

export function bookFor(booking: Booking, operationId: string): Book {
  return (rebooking, merge) => booking.book(operationId, rebooking, merge);
}

export function tryBooking(booking: Booking): Book {
  return (rebooking, merge) => booking.try(rebooking, merge);
}
