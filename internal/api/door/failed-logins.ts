import { RateLimiterMemory } from 'rate-limiter-flexible';
import { ProtiumError } from '../../errors/protium-error.ts';
import type { Door, Knock } from './door.ts';
import { networkOf } from './address.ts';

/** Counts wrong credentials by where they come from. */
export interface FailedLogins {
  /**
   * What a refused request is answered: the error itself, or `too-many-attempts` (`details.retryAfterSeconds`) where wrong
   * credentials came too often. Right credentials are let in all the same: secrets have 256 random bits, so what is to be
   * kept off is the load, and nobody can lock others out.
   */
  answerTo(error: ProtiumError, knock: Knock): Promise<ProtiumError>;
}

export interface FailedLoginOptions {
  readonly door: Pick<Door, 'localProgram'>;
  /** So many wrong ones are answered as such within `seconds`. */
  readonly most?: number;
  readonly seconds?: number;
  /** The user that the daemon runs as, who is never refused for this, as root is not. */
  readonly ownUid?: number | null;
}

export function createFailedLogins(options: FailedLoginOptions): FailedLogins {
  const { door, most = 20, seconds = 60, ownUid = process.getuid?.() ?? null } = options;
  const limiter = new RateLimiterMemory({ points: most, duration: seconds });
  return {
    async answerTo(error, knock) {
      if (error.code !== 'credentials-wrong') return error;
      const uid = await door.localProgram(knock);
      if (uid === 0 || (uid !== null && uid === ownUid)) return error;
      const from = uid === null ? networkOf(knock.socket.remoteAddress ?? 'unix') : `user ${uid}`;
      const { consumedPoints, msBeforeNext } = await limiter.penalty(from);
      if (consumedPoints <= most) return error;
      const retryAfterSeconds = Math.max(1, Math.ceil(msBeforeNext / 1000));
      return new ProtiumError(
        'too-many-attempts',
        `Too many wrong credentials came from the same address. Try again in ${retryAfterSeconds} s.`,
        { details: { retryAfterSeconds }, cause: error },
      );
    },
  };
}
