import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { catalogue } from '../../../errors/catalogue.ts';
import type { ProtiumError } from '../../../errors/protium-error.ts';
import { jsonBytes } from '../json.ts';

/** Answers a request for a WebSocket with a problem, as other requests have it, and ends the connection. */
export function refuseUpgrade(socket: Duplex, error: ProtiumError): void {
  const { http: status, title, retryable } = catalogue[error.code];
  const type = `https://protium.dev/errors#${error.code}`;
  const body = jsonBytes({ type, title, status, detail: error.message, code: error.code, retryable });
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'Error'}`,
    'Content-Type: application/problem+json',
    `Content-Length: ${body.length}`,
    'Connection: close',
  ].join('\r\n');
  socket.end(Buffer.concat([Buffer.from(`${head}\r\n\r\n`), body]));
}
