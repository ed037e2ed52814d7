import type { Readable } from 'node:stream';
import type { ReadStream, WriteStream } from 'node:tty';

/** stdin and stdout as bytes, and the terminal that they may be. */
export interface Terminal {
  readonly input: Readable;
  /** Input and output are a terminal: a person types. */
  readonly interactive: boolean;
  /** Input is not a terminal: it has an end. */
  readonly piped: boolean;
  /** Resolves when there is room for more. */
  write(bytes: Uint8Array): Promise<void>;
  writeError(bytes: Uint8Array): Promise<void>;
  /** Every key as it is typed, unechoed, until the work is done; then the terminal is as it was. */
  raw<T>(work: () => Promise<T>): Promise<T>;
  /** A line that is typed without being shown; null: there is nobody to ask. */
  readonly askSecret: ((question: string) => Promise<string>) | null;
}

export function processTerminal(
  stdin: ReadStream & { readonly fd: 0 },
  stdout: WriteStream & { readonly fd: 1 },
  stderr: WriteStream & { readonly fd: 2 },
): Terminal {
  // Not a terminal: there is no such method.
  const typed = stdin.isTTY;
  const raw: Terminal['raw'] = async (work) => {
    if (!typed) return work();
    // Node itself gives the terminal back when it ends otherwise, by a signal or a fault.
    stdin.setRawMode(true);
    try {
      return await work();
    } finally {
      stdin.setRawMode(false);
    }
  };
  return {
    input: stdin,
    interactive: typed && stdout.isTTY,
    piped: !typed,
    write: (bytes) => write(stdout, bytes),
    writeError: (bytes) => write(stderr, bytes),
    raw,
    askSecret:
      typed && stderr.isTTY
        ? (question) => {
            stderr.write(question);
            return raw(() => readLine(stdin)).finally(() => stderr.write('\n'));
          }
        : null,
  };
}

function write(stream: WriteStream, bytes: Uint8Array): Promise<void> {
  return new Promise((resolve) => {
    stream.write(bytes, () => resolve());
  });
}

const interruptKey = '\u0003';
const endKey = '\u0004';
const rubOutKey = '\u007F';

/** What is typed up to the Enter key; empty after Ctrl-C or Ctrl-D. */
async function readLine(input: Readable): Promise<string> {
  let line = '';
  for (;;) {
    for (const key of String(await nextChunk(input))) {
      if (key === '\r' || key === '\n') return line;
      if (key === interruptKey || key === endKey) return '';
      line = key === rubOutKey ? line.slice(0, -1) : line + key;
    }
  }
}

function nextChunk(input: Readable): Promise<unknown> {
  return new Promise((resolve) => {
    input.once('data', (chunk) => {
      input.pause();
      resolve(chunk);
    });
    input.once('end', () => resolve(endKey));
    input.resume();
  });
}
