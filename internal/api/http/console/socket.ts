import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import { randomUUID } from 'node:crypto';
import type { Audit } from '../../../audit/audit.ts';
import type { Action } from '../../../audit/entry.ts';
import { isRefusal } from '../../../audit/refusal-codes.ts';
import type { ConsoleEnding } from '../../../consoles/console.ts';
import type { Consoles } from '../../../consoles/consoles.ts';
import type { RedeemedTicket } from '../../../consoles/tickets.ts';
import { ProtiumError } from '../../../errors/protium-error.ts';
import type { Logger } from '../../../observability/log.ts';
import { consoleSocketPath } from '../../v1/consoles.ts';
import { asProtiumError } from '../problem.ts';
import { otherSite } from '../same-origin.ts';
import { bridge } from './bridge.ts';
import { refuseUpgrade } from './refuse-upgrade.ts';

export interface ConsoleSockets {
  /** Takes a request for a WebSocket. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Ends what is left of the sockets. Call it when the consoles were stopped. */
  stop(graceMs: number): Promise<void>;
}

/** Open at the same time in one user's name. */
const mostOfOne = 32;

/** Larger messages than any client sends: a paste comes in many. */
const largestMessage = 1024 * 1024;

/** Codes that a WebSocket is closed with (RFC 6455, 7.4; those of an application begin with 4000). */
const closeCodes: Readonly<Record<ConsoleEnding['reason'] | 'failed', number>> = {
  'guest-ended': 1000,
  stopping: 1001,
  lost: 1011,
  'taken-over': 4001,
  'too-slow': 4002,
  failed: 4000,
};

/**
 * The WebSocket of consoles: `/v1/console`, opened by a ticket, which is given as the subprotocol `ticket.TICKET` beside
 * `binary` (it then stands in no log of addresses), or as `?ticket=` by clients that cannot choose subprotocols. What goes
 * wrong after the ticket is told by the code and the reason with which the socket is closed: a browser shows a page nothing
 * of an answer that is no WebSocket.
 */
export function createConsoleSockets({
  consoles,
  audit,
  names,
  log,
}: {
  readonly consoles: Pick<Consoles, 'redeemTicket' | 'open'>;
  readonly audit: Pick<Audit, 'recorded' | 'refused'>;
  /** Besides the machine's own, under which it is reached over loopback; in lower case. */
  readonly names: readonly string[];
  readonly log: Logger;
}): ConsoleSockets {
  const openOf = new Map<string, number>();
  const server = new WebSocketServer({
    noServer: true,
    maxPayload: largestMessage,
    perMessageDeflate: false,
    handleProtocols: (protocols) => (protocols.has('binary') ? 'binary' : false),
  });

  const closed = (user: string): void => {
    const left = (openOf.get(user) ?? 0) - 1;
    if (left > 0) openOf.set(user, left);
    else openOf.delete(user);
  };

  const serve = async (webSocket: WebSocket, { choice, holder }: RedeemedTicket): Promise<void> => {
    const { uuid, kind } = choice;
    const { user } = holder;
    const action: Action = {
      actor: holder,
      requestId: randomUUID(),
      method: consoleSocketPath,
      subject: { kind: 'instance', id: uuid, project: holder.project },
    };
    webSocket.on('error', (error) => log.debug({ err: error, uuid, kind }, 'a console socket failed'));
    webSocket.pause();
    try {
      requireRoom(user, openOf.get(user) ?? 0);
      openOf.set(user, (openOf.get(user) ?? 0) + 1);
      webSocket.once('close', () => closed(user));
      const open = await audit.recorded(action, () => consoles.open(choice));
      const { device } = open;
      log.info({ uuid, kind, device, user }, 'a console was opened');
      const ending = await bridge(webSocket, open);
      log.info({ uuid, kind, device, user, reason: ending?.reason ?? 'left' }, 'a console was closed');
      if (ending !== null) webSocket.close(closeCodes[ending.reason], ending.message);
    } catch (error) {
      const { code, message } = asProtiumError(error);
      if (code === 'internal') log.error({ err: error, uuid, kind }, 'a console failed');
      webSocket.resume();
      webSocket.close(code === 'interrupted' ? closeCodes.stopping : closeCodes.failed, reasonText(message));
    }
  };

  return {
    upgrade(request, socket, head) {
      socket.on('error', () => socket.destroy());
      let redeemed: RedeemedTicket;
      try {
        redeemed = consoles.redeemTicket(ticketOf(request, names));
      } catch (error) {
        const told = isRefusal(error) ? audit.refused(refusedAction(request), error) : Promise.resolve();
        void told.then(() => refuseUpgrade(socket, asProtiumError(error)));
        return;
      }
      server.handleUpgrade(request, socket, head, (webSocket) => void serve(webSocket, redeemed));
    },
    async stop(graceMs) {
      const ended = [...server.clients].map(
        (client) => new Promise<void>((resolve) => client.once('close', () => resolve())),
      );
      for (const client of server.clients) client.close(closeCodes.stopping, 'The daemon is stopping.');
      const cut = setTimeout(() => {
        for (const client of server.clients) client.terminate();
      }, graceMs);
      await Promise.all(ended);
      clearTimeout(cut);
    },
  };
}

/** Checks the place and the site, and finds the ticket. */
function ticketOf(request: IncomingMessage, names: readonly string[]): string {
  const refusal = otherSite(request, names);
  if (refusal !== null) throw refusal;
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://any');
  if (pathname !== consoleSocketPath) {
    throw new ProtiumError('not-found', `There is no WebSocket at ${pathname}, but at ${consoleSocketPath}.`);
  }
  const protocols = (request.headers['sec-websocket-protocol'] ?? '').split(',').map((each) => each.trim());
  const prefix = 'ticket.';
  const ticket =
    protocols.find((each) => each.startsWith(prefix))?.slice(prefix.length) ?? searchParams.get('ticket');
  if (ticket !== null) return ticket;
  throw new ProtiumError(
    'argument-invalid',
    'A console is opened by a ticket: as the subprotocol ticket.TICKET, or as ?ticket=.',
  );
}

function requireRoom(user: string, open: number): void {
  if (open < mostOfOne) return;
  throw new ProtiumError('busy', `${mostOfOne} consoles are open in the name of ${user}. Close one first.`);
}

/** Nobody is known to send it: the ticket would have told. */
function refusedAction({ socket }: IncomingMessage): Action {
  return {
    actor: { user: '', way: 'none', address: socket.remoteAddress ?? '', project: '' },
    requestId: randomUUID(),
    method: consoleSocketPath,
    subject: { kind: '', id: '', project: '' },
  };
}

/** A reason has at most 123 bytes of UTF-8. */
function reasonText(message: string): string {
  const bytes = Buffer.from(message);
  if (bytes.length <= 123) return message;
  return `${bytes.toString('utf8', 0, 119).replace(/\uFFFD$/, '')}…`;
}
