import { readFile } from 'node:fs/promises';
import type { Readable } from 'node:stream';

/**
 * Waits until a guest's serial console shows `marker`, and resolves with all text up to and with it.
 *
 * @param source a console's stream, of which what comes behind the marker is left for the next wait; or the path of a
 * serial log, which is searched from its beginning and need not exist yet.
 */
export function waitForSerial(
  source: Readable | string,
  marker: string | RegExp,
  timeoutMs: number,
): Promise<string> {
  return typeof source === 'string'
    ? waitForLog(source, marker, timeoutMs)
    : waitForStream(source, marker, timeoutMs);
}

async function waitForLog(file: string, marker: string | RegExp, timeoutMs: number): Promise<string> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const text = await readFile(file, 'utf8').catch(() => '');
    const end = endOf(marker, text);
    if (end !== -1) return text.slice(0, end);
    if (Date.now() > deadline) throw notSeen(marker, timeoutMs, text);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

async function waitForStream(stream: Readable, marker: string | RegExp, timeoutMs: number): Promise<string> {
  const deadline = AbortSignal.timeout(timeoutMs);
  // latin1 keeps bytes and characters one to one, so that the rest can be given back
  let text = '';
  for (;;) {
    const chunk = stream.read() as Buffer | null;
    if (chunk !== null) {
      text += chunk.toString('latin1');
      const end = endOf(marker, text);
      if (end === -1) continue;
      const rest = text.slice(end);
      if (rest !== '') stream.unshift(Buffer.from(rest, 'latin1'));
      return text.slice(0, end);
    }
    if (stream.readableEnded || stream.destroyed) {
      throw new Error(`the console ended before it showed ${String(marker)}:\n${text}`);
    }
    if (!(await becomesReadable(stream, deadline))) throw notSeen(marker, timeoutMs, text);
  }
}

/** False if the deadline came first. Rejects with the stream's error. */
function becomesReadable(stream: Readable, deadline: AbortSignal): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const settle = (action: () => void) => () => {
      stream.off('readable', ready).off('end', ready).off('close', ready).off('error', failed);
      deadline.removeEventListener('abort', late);
      action();
    };
    const ready = settle(() => resolve(true));
    const late = settle(() => resolve(false));
    const failed = (error: Error): void => settle(() => reject(error))();
    stream.on('readable', ready).on('end', ready).on('close', ready).on('error', failed);
    deadline.addEventListener('abort', late);
    if (deadline.aborted) late();
  });
}

/** The index behind the marker's first occurrence; -1 if there is none. */
function endOf(marker: string | RegExp, text: string): number {
  if (typeof marker === 'string') {
    const index = text.indexOf(marker);
    return index === -1 ? -1 : index + marker.length;
  }
  const match = marker.exec(text);
  return match === null ? -1 : match.index + match[0].length;
}

function notSeen(marker: string | RegExp, timeoutMs: number, text: string): Error {
  return new Error(
    `no ${String(marker)} within ${timeoutMs} ms; the console's last words:\n${text.slice(-2000)}`,
  );
}
