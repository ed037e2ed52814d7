import type { RawData, WebSocket } from 'ws';
import type { ConsoleEnding, OpenConsole } from '../../../consoles/console.ts';

/** Bytes on their way to a client's socket, above which nothing more is read of the console. */
const inFlight = 256 * 1024;
/** Finds clients that are gone without a word; proxies end connections on which nothing is said for a minute. */
const pingMs = 20_000;

/**
 * Carries bytes between a WebSocket and a console, as fast as the slower of the two takes them. Resolves with why the console
 * ended, when all of it was sent; null: the client left.
 */
export async function bridge(webSocket: WebSocket, open: OpenConsole): Promise<ConsoleEnding | null> {
  const { stream } = open;
  const leave = (): void => void stream.destroy();
  webSocket.once('close', leave);
  if (webSocket.readyState !== webSocket.OPEN) leave();
  webSocket.on('message', (data) => {
    if (stream.destroyed || stream.writableEnded) return;
    if (!stream.write(bytesOf(data))) webSocket.pause();
  });
  stream.on('drain', () => webSocket.resume());
  webSocket.resume();
  const stopPings = keepAlive(webSocket);
  try {
    for await (const chunk of stream) {
      const sent = send(webSocket, chunk as Buffer);
      if (webSocket.bufferedAmount > inFlight) await sent;
    }
  } catch (error) {
    // Destroyed while it was read: because the client left, or for the reason that the console gives.
    if (open.ending() === null && webSocket.readyState === webSocket.OPEN) throw error;
  } finally {
    stopPings();
    stream.destroy();
  }
  webSocket.resume();
  return webSocket.readyState === webSocket.OPEN ? open.ending() : null;
}

/** Resolves when the system has taken it, or the socket is gone. */
function send(webSocket: WebSocket, chunk: Buffer): Promise<void> {
  return new Promise((resolve) => webSocket.send(chunk, { binary: true }, () => resolve()));
}

/** A paused socket hears no pongs: while the console does not take what is typed, nothing is concluded. */
function keepAlive(webSocket: WebSocket): () => void {
  let answered = true;
  webSocket.on('pong', () => (answered = true));
  const timer = setInterval(() => {
    if (webSocket.isPaused) return;
    if (!answered) webSocket.terminate();
    answered = false;
    webSocket.ping();
  }, pingMs);
  return () => clearInterval(timer);
}

function bytesOf(data: RawData): Buffer {
  if (Buffer.isBuffer(data)) return data;
  return Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data);
}
