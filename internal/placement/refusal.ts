import type { Reason, ReasonCode } from './plan.ts';

/** A reason before it is known whether it would hold on an empty host too. */
export type Obstacle = Omit<Reason, 'temporary'>;

/** Makes an obstacle; `fix` and `details` may be left out. */
export function obstacle(
  code: ReasonCode,
  subject: string,
  message: string,
  { fix, details }: { readonly fix?: string | undefined; readonly details?: Reason['details'] } = {},
): Obstacle {
  return { code, subject, message, fix: fix ?? null, details: details ?? {} };
}

/**
 * Whether a reason would hold where nothing is taken, too. Those about a device are compared by the device: on an empty host
 * another of its troubles may come first. What uses a device now may end as a VM does.
 */
export function lasts(reason: Obstacle, onEmptyHost: readonly Obstacle[]): boolean {
  return onEmptyHost.some(
    ({ code, subject }) =>
      subject === reason.subject &&
      code !== 'device-in-use' &&
      (code === reason.code || subject.startsWith('pci ')),
  );
}
