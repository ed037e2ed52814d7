import { once } from 'node:events';
import http from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { Duplex, PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import { takeUpgrades } from '../../../../../cmd/manager/upgrades.ts';
import {
  createConsoleSockets,
  type ConsoleSockets,
} from '../../../../../internal/api/http/console/socket.ts';
import type { ConsoleChoice, ConsoleEnding } from '../../../../../internal/consoles/console.ts';
import { createConsoleTickets, type ConsoleTickets } from '../../../../../internal/consoles/tickets.ts';
import type { Audit } from '../../../../../internal/audit/audit.ts';
import { administrator } from '../../v1/context.ts';
import { auditOf, brief, entriesOf, openFor } from '../../../audit/support.ts';
import { ProtiumError } from '../../../../../internal/errors/protium-error.ts';

const choice: ConsoleChoice = { uuid: 'u', kind: 'serial', device: '', force: false, scrollbackBytes: 0 };

let guest: { readonly stream: Duplex; readonly says: PassThrough; readonly hears: PassThrough };
let ending: ConsoleEnding | null;
let failure: Error | null;
let tickets: ConsoleTickets;
let audit: Audit;
let sockets: ConsoleSockets;
let server: http.Server;
let address: string;

beforeEach(async () => {
  const [says, hears] = [new PassThrough(), new PassThrough()];
  guest = { says, hears, stream: Duplex.from({ readable: says, writable: hears }) };
  // This kind of stream calls it an error to be destroyed.
  guest.stream.on('error', () => undefined);
  [ending, failure] = [null, null];
  tickets = createConsoleTickets();
  audit = auditOf(openFor());
  sockets = createConsoleSockets({
    log: pino({ level: 'silent' }),
    audit,
    names: ['vm.example'],
    consoles: {
      redeemTicket: (ticket) => tickets.redeem(ticket),
      open: ({ uuid, kind }) =>
        failure === null
          ? Promise.resolve({ uuid, kind, device: 'serial0', stream: guest.stream, ending: () => ending })
          : Promise.reject(failure),
    },
  });
  server = http.createServer((request, response) => {
    void text(request).then((body) => response.end(`${request.method ?? ''} ${body}`));
  });
  takeUpgrades(server, (request, socket, head) => sockets.upgrade(request, socket, head));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(async () => {
  await sockets.stop(0);
  server.closeAllConnections();
  server.close();
});

const dial = (ticket = tickets.issue(choice, administrator).ticket, headers = {}, path = '/v1/console') =>
  new WebSocket(`ws://${address}${path}`, ['binary', `ticket.${ticket}`], { headers });

async function open(): Promise<WebSocket> {
  const webSocket = dial();
  await once(webSocket, 'open');
  return webSocket;
}

/** A number once it has not changed for many turns of the event loop. */
async function settled(measure: () => number): Promise<number> {
  let last = measure();
  for (let same = 0; same < 2000; same += 1) {
    await new Promise(setImmediate);
    if (measure() !== last) same = 0;
    last = measure();
  }
  return last;
}

async function refused(webSocket: WebSocket): Promise<unknown> {
  const [, response] = (await once(webSocket, 'unexpected-response')) as [unknown, http.IncomingMessage];
  const { code } = JSON.parse(await text(response)) as { code: string };
  return [response.statusCode, code];
}

const closed = async (webSocket: WebSocket): Promise<unknown> => {
  const [code, reason] = (await once(webSocket, 'close')) as [number, Buffer];
  return [code, reason.toString()];
};

describe('a console by WebSocket', () => {
  it('carries bytes both ways, with the subprotocol binary', async () => {
    const webSocket = await open();
    expect(webSocket.protocol).toBe('binary');
    guest.says.write(Buffer.from([0, 255, 10]));
    expect(await once(webSocket, 'message')).toEqual([Buffer.from([0, 255, 10]), true]);
    webSocket.send(Buffer.from([1, 2]));
    webSocket.send('text');
    await vi.waitFor(() => expect(guest.hears.readableLength).toBe(6));
    expect(guest.hears.read()).toEqual(Buffer.concat([Buffer.from([1, 2]), Buffer.from('text')]));
  });

  it('a client that does not read stops the console, and nothing is lost', async () => {
    const webSocket = await open();
    webSocket.pause();
    const chunk = Buffer.alloc(256 * 1024, 'x');
    const total = 100 * chunk.length;
    for (let sent = 0; sent < total; sent += chunk.length) guest.says.write(chunk);
    // Read until the system takes no more; what is left waits with the guest.
    const left = await settled(() => guest.says.writableLength);
    expect(left).toBeGreaterThan(0);
    let received = 0;
    webSocket.on('message', (data: Buffer) => (received += data.length));
    webSocket.resume();
    await vi.waitFor(() => expect(received).toBe(total));
  });

  it('a console that does not take what is typed stops the client', async () => {
    const webSocket = await open();
    const chunk = Buffer.alloc(64 * 1024);
    for (let count = 0; count < 500; count += 1) webSocket.send(chunk);
    await vi.waitFor(() => expect(guest.hears.writableNeedDrain).toBe(true));
    await new Promise(setImmediate);
    expect(guest.hears.readableLength + guest.hears.writableLength).toBeLessThan(10 * chunk.length);
    let heard = 0;
    guest.hears.on('data', (bytes: Buffer) => (heard += bytes.length));
    await vi.waitFor(() => expect(heard).toBe(500 * chunk.length));
  });

  it.each([
    ['guest-ended', 1000],
    ['taken-over', 4001],
    ['too-slow', 4002],
    ['lost', 1011],
    ['stopping', 1001],
  ] as const)('that ends as %s is closed with %i, behind the last words', async (reason, code) => {
    const webSocket = await open();
    const message = once(webSocket, 'message');
    ending = { reason, message: 'Why.' };
    guest.says.end('last words');
    expect(String((await message)[0])).toBe('last words');
    expect(await closed(webSocket)).toEqual([code, 'Why.']);
  });

  it('that cannot be opened says why, as far as a reason goes', async () => {
    failure = new ProtiumError('state-conflict', `It is off. ${'ä'.repeat(200)}`);
    const [code, reason] = (await closed(dial())) as [number, string];
    expect(code).toBe(4000);
    expect(reason).toMatch(/^It is off\. ä+…$/);
    failure = new Error('secret');
    expect(await closed(dial())).toEqual([4000, expect.not.stringContaining('secret')]);
  });

  it('is left when the client leaves', async () => {
    const webSocket = await open();
    webSocket.terminate();
    await vi.waitFor(() => expect(guest.stream.destroyed).toBe(true));
  });

  it('ends when the daemon stops', async () => {
    const webSocket = await open();
    const end = closed(webSocket);
    await sockets.stop(1000);
    expect(await end).toEqual([1001, 'The daemon is stopping.']);
  });
});

describe('refused is', () => {
  it('a ticket that is used, unknown or missing', async () => {
    const { ticket } = tickets.issue(choice, administrator);
    await once(dial(ticket), 'open');
    expect(await refused(dial(ticket))).toEqual([403, 'ticket-invalid']);
    expect(await refused(dial('x'))).toEqual([403, 'ticket-invalid']);
    expect(await refused(new WebSocket(`ws://${address}/v1/console`))).toEqual([400, 'argument-invalid']);
  });

  it('a page of another site, which does not use up the ticket', async () => {
    const { ticket } = tickets.issue(choice, administrator);
    for (const headers of [
      { Origin: 'http://evil.example' },
      { Origin: 'null' },
      { 'Sec-Fetch-Site': 'cross-site' },
      { Host: 'evil.example' },
    ]) {
      expect(await refused(dial(ticket, headers))).toEqual([403, 'origin-forbidden']);
    }
    await once(dial(ticket, { Origin: `http://${address}` }), 'open');
  });

  it('is recorded, without the ticket', async () => {
    await refused(dial('unknown'));
    await refused(dial(tickets.issue(choice, administrator).ticket, { Origin: 'https://evil.example' }));
    await expect
      .poll(() => entriesOf(audit).map(brief))
      .toEqual(['refusal ticket-invalid', 'refusal origin-forbidden']);
    expect(JSON.stringify(entriesOf(audit))).not.toContain('unknown');
  });

  it('another place', async () => {
    expect(await refused(dial(undefined, {}, '/v1/nowhere'))).toEqual([404, 'not-found']);
  });

  it('a ticket in the address is taken', async () => {
    await once(
      new WebSocket(`ws://${address}/v1/console?ticket=${tickets.issue(choice, administrator).ticket}`),
      'open',
    );
  });
});

it('opens a console in the name of whom the ticket was given to, and records it', async () => {
  const { ticket } = tickets.issue(choice, { ...administrator, user: 'anna' });
  const webSocket = dial(ticket, { Host: `vm.example:1` });
  await once(webSocket, 'open');
  await expect.poll(() => entriesOf(audit).map(brief)).toEqual(['attempt anna u', 'outcome anna u ok']);
  expect(JSON.stringify(entriesOf(audit))).not.toContain(ticket);
});

it('is not opened where that cannot be recorded', async () => {
  audit.recorded = () => Promise.reject(new ProtiumError('audit-failed', 'Nothing was changed.'));
  const webSocket = dial();
  const [code, reason] = (await once(webSocket, 'close')) as [number, Buffer];
  expect([code, String(reason)]).toEqual([4000, 'Nothing was changed.']);
});

it('one user has so many open at once', async () => {
  /** What the next console that is opened says first: each has a guest of its own. */
  const openOne = async (ticket?: string) => {
    const [says, hears] = [new PassThrough(), new PassThrough()];
    guest = { says, hears, stream: Duplex.from({ readable: says, writable: hears }) };
    guest.stream.on('error', () => undefined);
    says.write('hello');
    const webSocket = dial(ticket);
    const first = (await Promise.race([once(webSocket, 'message'), once(webSocket, 'close')])) as unknown[];
    return { webSocket, first: String(first[0]) };
  };
  const all: WebSocket[] = [];
  for (let count = 0; count < 32; count += 1) {
    const { webSocket, first } = await openOne();
    expect(first).toBe('hello');
    all.push(webSocket);
  }
  expect((await openOne()).first).toBe('4000');
  const ofBen = tickets.issue(choice, { ...administrator, user: 'ben' });
  expect((await openOne(ofBen.ticket)).first).toBe('hello');
  all[0]?.close();
  await expect.poll(async () => (await openOne()).first).toBe('hello');
});

it('an offer of HTTP/2 in clear text is declined, not refused, with its body', async () => {
  const socket = connect(Number(address.split(':')[1]), '127.0.0.1');
  socket.write(
    'POST /x HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n' +
      'HTTP2-Settings: AAMAAABk\r\nContent-Length: 10\r\n\r\nhello',
  );
  socket.write('world');
  const answers = once(socket, 'data');
  expect(String((await answers)[0])).toMatch(/^HTTP\/1\.1 200 OK\r\n[^]*POST helloworld$/);
  socket.write('GET /y HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');
  expect(await text(socket)).toMatch(/GET $/);
});
