import { createHash, randomBytes } from 'node:crypto';
import { ProtiumError } from '../errors/protium-error.ts';
import type { ConsoleChoice } from './console.ts';

export interface ConsoleTickets {
  /** A new ticket for one console of one VM. Throws `busy` when very many are about. */
  issue(choice: ConsoleChoice): { readonly ticket: string; readonly expiresAt: number };
  /** What it was issued for; it is void from then on. Throws `ticket-invalid`. */
  redeem(ticket: string): ConsoleChoice;
}

const lifeMs = 30_000;
const mostTickets = 10_000;

/**
 * Tickets that open a console once, within half a minute. Only their hashes are kept, and only in memory: a restart makes
 * all of them void.
 *
 * @param now in milliseconds
 */
export function createConsoleTickets(now: () => number = Date.now): ConsoleTickets {
  // In the order of their expiry: all live equally long.
  const issued = new Map<string, { readonly choice: ConsoleChoice; readonly expiresAt: number }>();
  const dropExpired = (): void => {
    for (const [hash, { expiresAt }] of issued) {
      if (expiresAt > now()) break;
      issued.delete(hash);
    }
  };
  return {
    issue(choice) {
      dropExpired();
      if (issued.size >= mostTickets) {
        throw new ProtiumError(
          'busy',
          `${mostTickets} console tickets wait to be used. Try again in half a minute.`,
        );
      }
      const ticket = randomBytes(32).toString('base64url');
      const expiresAt = now() + lifeMs;
      issued.set(hashOf(ticket), { choice, expiresAt });
      return { ticket, expiresAt };
    },
    redeem(ticket) {
      dropExpired();
      const hash = hashOf(ticket);
      const found = issued.get(hash);
      issued.delete(hash);
      if (found !== undefined) return found.choice;
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
