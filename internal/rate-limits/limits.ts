import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { ProtiumError } from '../errors/protium-error.ts';
import type { Caller } from '../identity/caller.ts';

/** Kinds of calls that cost much, and how many of each a caller has in a minute unless told otherwise. */
export const limitedCalls = {
  'console-ticket': 120,
  image: 60,
  plan: 600,
  provision: 60,
  screenshot: 120,
} as const;
export type LimitedCall = keyof typeof limitedCalls;

export function isLimitedCall(name: string): name is LimitedCall {
  return Object.hasOwn(limitedCalls, name);
}

/** Calls in a minute; 0: as many as one likes. */
export type Rates = Readonly<Partial<Record<LimitedCall, number>>>;

/** Keeps one caller's costly calls from taking the machine of all. */
export interface Limits {
  /**
   * Counts a call. Users are counted each by themselves, and those of the machine's own administrator not at all.
   *
   * @throws ProtiumError `rate-limited` (`details.retryAfterSeconds`)
   */
  count(call: LimitedCall, caller: Caller): Promise<void>;
}

const seconds = 60;

export function createLimits(rates: Rates = {}): Limits {
  const limiters = new Map<LimitedCall, RateLimiterMemory>();
  for (const call of Object.keys(limitedCalls) as LimitedCall[]) {
    const points = rates[call] ?? limitedCalls[call];
    if (points > 0) limiters.set(call, new RateLimiterMemory({ points, duration: seconds }));
  }
  return {
    async count(call, caller) {
      const limiter = limiters.get(call);
      if (limiter === undefined || (caller.way === 'local' && caller.administrator)) return;
      try {
        await limiter.consume(caller.user);
      } catch (rejected) {
        if (!(rejected instanceof RateLimiterRes)) throw rejected;
        const retryAfterSeconds = Math.max(1, Math.ceil(rejected.msBeforeNext / 1000));
        throw new ProtiumError(
          'rate-limited',
          `${caller.user} may ask for this ${limiter.points} times a minute. Try again in ${retryAfterSeconds} s.`,
          { details: { retryAfterSeconds, call } },
        );
      }
    },
  };
}
