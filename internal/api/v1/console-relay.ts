import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import type { OpenConsole } from '../../consoles/console.ts';

/** What is read of a console, and why it ended. */
export async function* relayConsole(
  open: OpenConsole,
  typed: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, ReturnType<OpenConsole['ending']>> {
  const { stream } = open;
  const leave = (): void => void stream.destroy();
  signal.addEventListener('abort', leave, { once: true });
  // A client that stops typing may go on reading; one whose messages make no sense is told by the read side's end.
  let fault: unknown;
  const typing = write(stream, typed).catch((error: unknown) => {
    fault = error;
    stream.destroy();
  });
  try {
    for await (const chunk of stream) yield chunk as Uint8Array;
  } catch (error) {
    // The stream was destroyed: by ourselves, or with its reason in `ending`.
    if (open.ending() === null && fault === undefined && !signal.aborted) throw error;
  } finally {
    signal.removeEventListener('abort', leave);
    stream.destroy();
  }
  if (fault !== undefined && open.ending() === null && !signal.aborted) {
    await typing;
    throw fault as Error;
  }
  signal.throwIfAborted();
  return open.ending();
}

async function write(stream: Duplex, typed: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const bytes of typed) {
    if (stream.destroyed || stream.writableEnded) return;
    if (!stream.write(bytes)) await Promise.race([once(stream, 'drain'), once(stream, 'close')]);
  }
}
