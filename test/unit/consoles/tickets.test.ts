import { expect, it } from 'vitest';
import type { ConsoleChoice } from '../../../internal/consoles/console.ts';
import { localAdministrator } from '../../../internal/identity/caller.ts';
import { createConsoleTickets } from '../../../internal/consoles/tickets.ts';

const choice: ConsoleChoice = { uuid: 'u', kind: 'vnc', device: '', force: false, scrollbackBytes: 0 };
const anna = localAdministrator('anna', 'unix');
const invalid = expect.objectContaining({ code: 'ticket-invalid' }) as Error;

it('a ticket of 256 bits opens once what it was issued for', () => {
  const tickets = createConsoleTickets();
  const { ticket } = tickets.issue(choice, anna);
  expect(Buffer.from(ticket, 'base64url')).toHaveLength(32);
  expect(tickets.issue(choice, anna).ticket).not.toBe(ticket);
  expect(tickets.redeem(ticket)).toEqual({ choice, holder: anna });
  expect(() => tickets.redeem(ticket)).toThrow(invalid);
  expect(() => tickets.redeem('')).toThrow(invalid);
});

it('a ticket is void after 30 seconds', () => {
  let now = 1000;
  const tickets = createConsoleTickets(() => now);
  const [early, late] = [tickets.issue(choice, anna), tickets.issue(choice, anna)];
  expect(early.expiresAt).toBe(31_000);
  now = 30_999;
  expect(tickets.redeem(early.ticket)).toEqual({ choice, holder: anna });
  now = 31_000;
  expect(() => tickets.redeem(late.ticket)).toThrow(invalid);
});

it('tickets do not fill the memory', () => {
  let now = 0;
  const tickets = createConsoleTickets(() => now);
  for (let count = 0; count < 10_000; count += 1) tickets.issue(choice, { ...anna, user: `u${count}` });
  expect(() => tickets.issue(choice, anna)).toThrow(expect.objectContaining({ code: 'busy' }) as Error);
  now = 30_000;
  expect(() => tickets.issue(choice, anna)).not.toThrow();
});

it('one user does not take the tickets of others', () => {
  let now = 0;
  const tickets = createConsoleTickets(() => now);
  const first = tickets.issue(choice, anna);
  for (let count = 1; count < 50; count += 1) tickets.issue(choice, anna);
  const limited = expect.objectContaining({
    code: 'rate-limited',
    details: { retryAfterSeconds: 30 },
  }) as Error;
  expect(() => tickets.issue(choice, anna)).toThrow(limited);
  expect(() => tickets.issue(choice, { ...anna, user: 'ben' })).not.toThrow();
  tickets.redeem(first.ticket);
  expect(() => tickets.issue(choice, anna)).not.toThrow();
  now = 30_000;
  expect(() => tickets.issue(choice, anna)).not.toThrow();
});
