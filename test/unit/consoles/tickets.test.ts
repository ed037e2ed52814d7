import { expect, it } from 'vitest';
import type { ConsoleChoice } from '../../../internal/consoles/console.ts';
import { createConsoleTickets } from '../../../internal/consoles/tickets.ts';

const choice: ConsoleChoice = { uuid: 'u', kind: 'vnc', device: '', force: false, scrollbackBytes: 0 };
const invalid = expect.objectContaining({ code: 'ticket-invalid' }) as Error;

it('a ticket of 256 bits opens once what it was issued for', () => {
  const tickets = createConsoleTickets();
  const { ticket } = tickets.issue(choice);
  expect(Buffer.from(ticket, 'base64url')).toHaveLength(32);
  expect(tickets.issue(choice).ticket).not.toBe(ticket);
  expect(tickets.redeem(ticket)).toBe(choice);
  expect(() => tickets.redeem(ticket)).toThrow(invalid);
  expect(() => tickets.redeem('')).toThrow(invalid);
});

it('a ticket is void after 30 seconds', () => {
  let now = 1000;
  const tickets = createConsoleTickets(() => now);
  const [early, late] = [tickets.issue(choice), tickets.issue(choice)];
  expect(early.expiresAt).toBe(31_000);
  now = 30_999;
  expect(tickets.redeem(early.ticket)).toBe(choice);
  now = 31_000;
  expect(() => tickets.redeem(late.ticket)).toThrow(invalid);
});

it('tickets do not fill the memory', () => {
  let now = 0;
  const tickets = createConsoleTickets(() => now);
  for (let count = 0; count < 10_000; count += 1) tickets.issue(choice);
  expect(() => tickets.issue(choice)).toThrow(expect.objectContaining({ code: 'busy' }) as Error);
  now = 30_000;
  expect(() => tickets.issue(choice)).not.toThrow();
});
