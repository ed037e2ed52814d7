import type http from 'node:http';
import type { Duplex } from 'node:stream';

/** Takes a request for another protocol on its connection. */
export type UpgradeHandler = (request: http.IncomingMessage, socket: Duplex, head: Buffer) => void;

/**
 * Gives requests for a WebSocket to the handler. Others that offer to change to another protocol (HTTP/2 in clear text, as
 * Java's client does with its first request) may be answered as if they had not: they are given back to the server without
 * the offer.
 */
export function takeUpgrades(server: http.Server, handler: UpgradeHandler): void {
  server.on('upgrade', (request: http.IncomingMessage, socket: Duplex, head: Buffer) => {
    if (request.headers.upgrade?.toLowerCase() === 'websocket') {
      handler(request, socket, head);
      return;
    }
    socket.unshift(Buffer.concat([Buffer.from(withoutOffer(request), 'latin1'), head]));
    server.emit('encrypted' in socket ? 'secureConnection' : 'connection', socket);
  });
}

function withoutOffer({ method, url, httpVersion, rawHeaders }: http.IncomingMessage): string {
  const lines = [`${method ?? 'GET'} ${url ?? '/'} HTTP/${httpVersion}`];
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const [name = '', value = ''] = rawHeaders.slice(index, index + 2);
    const own = ['upgrade', 'http2-settings', 'connection'].includes(name.toLowerCase());
    if (!own) lines.push(`${name}: ${value}`);
  }
  return `${lines.join('\r\n')}\r\n\r\n`;
}
