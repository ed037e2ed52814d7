import { ProtiumError } from '../errors/protium-error.ts';

const mostWrong = 5;
const lockMs = 60_000;

/** Slows down whoever tries passwords: after five wrong ones nothing is right for a minute. */
export function createLoginGuard(now: () => number): {
  /** Throws `credentials-wrong` while it is locked. */
  require(user: string): void;
  note(user: string, right: boolean): void;
} {
  const wrong = new Map<string, { count: number; last: number }>();
  const fresh = (user: string) => {
    const found = wrong.get(user);
    if (found !== undefined && now() - found.last >= lockMs) wrong.delete(user);
    return wrong.get(user);
  };
  return {
    require(user) {
      if ((fresh(user)?.count ?? 0) < mostWrong) return;
      throw new ProtiumError(
        'credentials-wrong',
        `Too many passwords of "${user}" were wrong. Try again in a minute.`,
        { details: { user } },
      );
    },
    note(user, right) {
      if (right) wrong.delete(user);
      else wrong.set(user, { count: (fresh(user)?.count ?? 0) + 1, last: now() });
    },
  };
}
