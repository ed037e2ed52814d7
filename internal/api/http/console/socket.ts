import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import type { ConsoleChoice, ConsoleEnding } from '../../../consoles/console.ts';
import type { Consoles } from '../../../consoles/consoles.ts';
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
  log,
}: {
  readonly consoles: Pick<Consoles, 'redeemTicket' | 'open'>;
  readonly log: Logger;
}): ConsoleSockets {
  const server = new WebSocketServer({
    noServer: true,
    maxPayload: largestMessage,
    perMessageDeflate: false,
    handleProtocols: (protocols) => (protocols.has('binary') ? 'binary' : false),
  });

  const serve = async (webSocket: WebSocket, choice: ConsoleChoice): Promise<void> => {
    const { uuid, kind } = choice;
    webSocket.on('error', (error) => log.debug({ err: error, uuid, kind }, 'a console socket failed'));
    webSocket.pause();
    try {
      const open = await consoles.open(choice);
      log.info({ uuid, kind, device: open.device }, 'a console was opened');
      const ending = await bridge(webSocket, open);
      log.info({ uuid, kind, device: open.device, reason: ending?.reason ?? 'left' }, 'a console was closed');
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
      let choice: ConsoleChoice;
      try {
        choice = consoles.redeemTicket(ticketOf(request));
      } catch (error) {
        refuseUpgrade(socket, asProtiumError(error));
        return;
      }
      server.handleUpgrade(request, socket, head, (webSocket) => void serve(webSocket, choice));
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
function ticketOf(request: IncomingMessage): string {
  const refusal = otherSite(request);
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

/** A reason has at most 123 bytes of UTF-8. */
function reasonText(message: string): string {
  const bytes = Buffer.from(message);
  if (bytes.length <= 123) return message;
  return `${bytes.toString('utf8', 0, 119).replace(/\uFFFD$/, '')}…`;
}
