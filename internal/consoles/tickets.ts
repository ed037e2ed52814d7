import { createHash, randomBytes } from 'node:crypto';
import { ProtiumError } from '../errors/protium-error.ts';
import type { Caller } from '../identity/caller.ts';
import type { ConsoleChoice } from './console.ts';

export interface ConsoleTickets {
  /** A new ticket for one console of one VM. Throws `rate-limited` when the holder has many, `busy` when very many are about. */
  issue(choice: ConsoleChoice, holder: Caller): { readonly ticket: string; readonly expiresAt: number };
  /** What it was issued for, and to whom; it is void from then on. Throws `ticket-invalid`. */
  redeem(ticket: string): RedeemedTicket;
}

export interface RedeemedTicket {
  readonly choice: ConsoleChoice;
  /** In whose name the console is opened, whoever has brought the ticket. */
  readonly holder: Caller;
}

const lifeMs = 30_000;
const mostTickets = 10_000;
const mostOfOne = 50;

/**
 * Tickets that open a console once, within half a minute. Only their hashes are kept, and only in memory: a restart makes
 * all of them void.
 *
 * @param now in milliseconds
 */
export function createConsoleTickets(now: () => number = Date.now): ConsoleTickets {
  // In the order of their expiry: all live equally long.
  const issued = new Map<string, RedeemedTicket & { readonly expiresAt: number }>();
  const dropExpired = (): void => {
    for (const [hash, { expiresAt }] of issued) {
      if (expiresAt > now()) break;
      issued.delete(hash);
    }
  };
  return {
    issue(choice, holder) {
      dropExpired();
      if (issued.size >= mostTickets) {
        throw new ProtiumError(
          'busy',
          `${mostTickets} console tickets wait to be used. Try again in half a minute.`,
        );
      }
      const own = [...issued.values()].filter(({ holder: { user } }) => user === holder.user);
      if (own.length >= mostOfOne) {
        throw new ProtiumError(
          'rate-limited',
          `${mostOfOne} console tickets of ${holder.user} wait to be used. Try again in half a minute.`,
          { details: { retryAfterSeconds: lifeMs / 1000 } },
        );
      }
      const ticket = randomBytes(32).toString('base64url');
      const expiresAt = now() + lifeMs;
      issued.set(hashOf(ticket), { choice, holder, expiresAt });
      return { ticket, expiresAt };
    },
    redeem(ticket) {
      dropExpired();
      const hash = hashOf(ticket);
      const found = issued.get(hash);
      issued.delete(hash);
      if (found !== undefined) return { choice: found.choice, holder: found.holder };
      throw new ProtiumError(
        'ticket-invalid',
        'This ticket is unknown, was used, or is older than half a minute. Ask for a new one.',
      );
    },
  };
}

function hashOf(ticket: string): string {
  return createHash('sha256').update(ticket).digest('base64');
}
