import net from 'node:net';
import type { Transport, TransportReceiver } from './transport.ts';

const readSize = 65_536;
/** TCP asks an idle peer after this long whether it is still there. */
const tcpKeepaliveMs = 30_000;

/** Opens a unix socket or a TCP connection; rejects with the system's error. */
export function openSocket(
  target: { path: string } | { host: string; port: number },
  signal: AbortSignal,
): Promise<Transport> {
  return new Promise((resolve, reject) => {
    let receiver: TransportReceiver | undefined;
    let failure: Error | null = null;
    const socket = net.connect({
      ...target,
      noDelay: true,
      keepAlive: !('path' in target),
      keepAliveInitialDelay: tcpKeepaliveMs,
      // One buffer for all reads: no allocation per message, and none of the stream machinery.
      onread: {
        buffer: Buffer.allocUnsafeSlow(readSize),
        callback: (bytes, buffer) => {
          receiver?.data(bufferOf(buffer, bytes));
          return true;
        },
      },
    });
    const abort = (): void => {
      socket.destroy(new Error('the opening was given up'));
    };
    signal.addEventListener('abort', abort, { once: true });
    socket.once('error', (error) => {
      failure = error;
      reject(error);
    });
    socket.once('close', () => {
      signal.removeEventListener('abort', abort);
      reject(failure ?? new Error('the connection was closed while it was opened'));
      receiver?.closed(failure);
    });
    socket.once('connect', () => {
      signal.removeEventListener('abort', abort);
      resolve({
        start: (starting) => {
          receiver = starting;
        },
        write: (bytes, written) => {
          if (written) socket.write(bytes, () => written());
          else socket.write(bytes);
        },
        pause: () => {
          socket.pause();
        },
        resume: () => {
          socket.resume();
        },
        destroy: () => {
          socket.destroy();
        },
      });
    });
    if (signal.aborted) abort();
  });
}

function bufferOf(bytes: Uint8Array, length: number): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, length);
}
