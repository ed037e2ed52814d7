import { once } from 'node:events';
import http from 'node:http';
import { connect, createServer, type AddressInfo, type Server } from 'node:net';
import { Duplex, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { pino } from 'pino';
import { WebSocket } from 'ws';
import { takeUpgrades } from '../../cmd/manager/upgrades.ts';
import { createConsoleSockets } from '../../internal/api/http/console/socket.ts';
import { SharedStream } from '../../internal/consoles/shared-stream.ts';
import { createConsoleTickets } from '../../internal/consoles/tickets.ts';
import { median, short } from './statistics.ts';
import { noAudit } from '../unit/audit/no-audit.ts';
import { administrator } from '../unit/api/v1/context.ts';
import { printTable, type Row } from './table.ts';

const totalBytes = 256 * 1024 * 1024;
const chunk = Buffer.alloc(16 * 1024, 'x');
const rounds = 3;

/** A guest that writes as fast as it is read, in pieces as libvirt sends them. */
function chattyGuest(): Duplex {
  let left = totalBytes;
  return new Duplex({
    read() {
      if (left > 0) this.push(chunk);
      else this.push(null);
      left -= chunk.length;
    },
    write: (_bytes, _encoding, written) => written(),
  });
}

/**
 * What our side of a serial console carries: fan-out, WebSocket, loopback, reader; all in one process. The guest is a stand-in:
 * the serial port of an emulated one is slower by far. A TCP connection of Node without anything between is the peer, in turns.
 */
export async function benchConsoles(): Promise<void> {
  const rates = { one: [] as number[], three: [] as number[], tcp: [] as number[] };
  for (let round = 0; round < rounds; round += 1) {
    rates.tcp.push(await throughTcp());
    rates.one.push(await throughWebSockets(1));
    rates.three.push(await throughWebSockets(3));
  }
  const [one, three, tcp] = [median(rates.one), median(rates.three), median(rates.tcp)];
  const rows: readonly Row[] = [
    {
      what: 'serial console through the WebSocket, one viewer',
      value: `${short(one)} MB/s`,
      target: '≥ 10 MB/s',
      met: one >= 10,
    },
    { what: 'the same, each of three viewers', value: `${short(three)} MB/s` },
    { what: 'the same bytes through a TCP connection alone', value: `${short(tcp)} MB/s` },
  ];
  printTable(
    `Consoles: ${totalBytes / 2 ** 20} MiB from a stand-in for the guest, median of ${rounds}`,
    rows,
  );
}

async function throughWebSockets(viewers: number): Promise<number> {
  const tickets = createConsoleTickets();
  const ended = { reason: 'guest-ended', message: 'All was said.' } as const;
  const shared = new SharedStream(chattyGuest(), {
    historyBytes: 64 * 1024,
    stallMs: 60_000,
    explain: () => Promise.resolve(ended),
    onClose: () => undefined,
  });
  const waiting: (() => void)[] = [];
  const sockets = createConsoleSockets({
    log: pino({ level: 'silent' }),
    audit: noAudit,
    names: [],
    consoles: {
      redeemTicket: (ticket) => tickets.redeem(ticket),
      // All are there before the guest speaks.
      open: async ({ uuid, kind }) => {
        await new Promise<void>((resolve) => {
          waiting.push(resolve);
          if (waiting.length === viewers) for (const go of waiting) go();
        });
        const viewer = shared.join()?.viewer;
        if (viewer === undefined) throw new Error('the guest has ended');
        return { uuid, kind, device: 'serial0', stream: viewer, ending: () => viewer.ending };
      },
    },
  });
  const server = http.createServer();
  takeUpgrades(server, (request, socket, head) => sockets.upgrade(request, socket, head));
  const port = await listening(server);
  const choice = { uuid: 'u', kind: 'serial', device: '', force: false, scrollbackBytes: 0 } as const;
  const started = performance.now();
  await Promise.all(
    Array.from({ length: viewers }, async () => {
      const { ticket } = tickets.issue(choice, administrator);
      const webSocket = new WebSocket(`ws://127.0.0.1:${port}/v1/console`, ['binary', `ticket.${ticket}`], {
        perMessageDeflate: false,
      });
      let received = 0;
      webSocket.on('message', (data: Buffer) => (received += data.length));
      await once(webSocket, 'close');
      if (received !== totalBytes) throw new Error(`${received} of ${totalBytes} bytes came through`);
    }),
  );
  const rate = rateSince(started);
  server.close();
  return rate;
}

async function throughTcp(): Promise<number> {
  const server = createServer((socket) => void pipeline(chattyGuest(), socket));
  const port = await listening(server);
  const started = performance.now();
  await pipeline(connect(port, '127.0.0.1'), new Writable({ write: (_bytes, _encoding, done) => done() }));
  const rate = rateSince(started);
  server.close();
  return rate;
}

async function listening(server: Server | http.Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

function rateSince(started: number): number {
  return totalBytes / 1e6 / ((performance.now() - started) / 1000);
}
