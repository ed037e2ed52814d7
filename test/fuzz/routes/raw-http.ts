import net from 'node:net';
import { mutatedText } from '../generators/mutation.ts';
import { target, type FuzzTarget } from '../target.ts';

const requests = [
  'GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n',
  'POST /v1/pools HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 12\r\n\r\n{"name":"a"}',
  'POST /domain HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{"a":\r\n2\r\n1}\r\n0\r\n\r\n',
  'GET /v1/consoles/websocket HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n\x81\x85\0\0\0\0hello',
  'OPTIONS * HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nRange: bytes=0-\r\nCookie: protium_session=a\r\nAuthorization: Basic YTpi\r\n\r\n',
  'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
];
const longestMs = 30_000;

/** Whatever comes on the socket, it is answered or closed. We say that nothing more will come. */
export function rawHttpTarget(origin: string): FuzzTarget {
  const { hostname, port } = new URL(origin);
  return target(
    'HTTP: bytes on the socket',
    mutatedText(requests),
    (text) =>
      new Promise<void>((resolve, reject) => {
        const socket = net.connect({ host: hostname, port: Number(port), allowHalfOpen: true });
        let answer = '';
        const timer = setTimeout(() => {
          socket.destroy();
          reject(new Error('The connection was neither answered nor closed.'));
        }, longestMs);
        socket.on('data', (chunk: Buffer) => (answer += chunk.toString('latin1')));
        socket.on('error', () => undefined);
        socket.on('end', () => socket.destroy());
        socket.on('close', () => {
          clearTimeout(timer);
          const [, status] = /^HTTP\/1\.1 (5\d\d)/m.exec(answer) ?? [];
          if (status === undefined || answer.includes('"code":"unsupported"')) resolve();
          else reject(new Error(`${status}: ${answer.slice(0, 600)}`));
        });
        socket.end(Buffer.from(text, 'latin1'));
      }),
  );
}
