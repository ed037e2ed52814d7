import { connect } from 'node:net';

/** One try. */
const tryMs = 5000;
const longest = 255;

/** The first line that a port says; null: nobody answers, or nothing is said. Sends nothing. */
export function sshBanner(address: string, port: number, signal: AbortSignal): Promise<string | null> {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port });
    let said = '';
    const end = (line: string | null): void => {
      signal.removeEventListener('abort', abort);
      socket.destroy();
      resolve(line);
    };
    const abort = (): void => end(null);
    signal.addEventListener('abort', abort, { once: true });
    socket.setTimeout(tryMs, abort);
    socket.on('error', abort);
    socket.on('close', abort);
    socket.on('data', (chunk: Buffer) => {
      said += chunk.toString('latin1');
      const line = said.indexOf('\n');
      if (line >= 0) end(said.slice(0, line).trimEnd());
      else if (said.length > longest) end(said.slice(0, longest));
    });
    if (signal.aborted) abort();
  });
}
