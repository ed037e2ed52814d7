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
 * Whether a reason would hold where nothing is taken or used, too. Those about a device are compared by the device: on such
 * a host another of its troubles may come first.
 */
export function lasts(reason: Obstacle, onIdleHost: readonly Obstacle[]): boolean {
  return onIdleHost.some(
    ({ code, subject }) => subject === reason.subject && (code === reason.code || subject.startsWith('pci ')),
  );
}
