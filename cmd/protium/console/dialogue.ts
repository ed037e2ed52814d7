import { createInterface, type Interface } from 'node:readline';
import { Writable } from 'node:stream';
import { Failure } from '../failure.ts';

/** Questions that are answered line by line, by a person or by what is piped in. */
export interface Dialogue {
  /** Rejects when there are no more lines. */
  readonly ask: (prompt: string, options?: { readonly hidden: boolean }) => Promise<string>;
  readonly tell: (line: string) => void;
  close(): void;
}

export function createDialogue(
  input: NodeJS.ReadableStream & { readonly isTTY?: boolean },
  output: NodeJS.WritableStream,
): Dialogue {
  let hidden = false;
  // readline echoes what is typed to this: of a password, nothing.
  const echo = new Writable({
    write(chunk: Buffer, _encoding, done) {
      if (hidden) done();
      else output.write(chunk, () => done());
    },
  });
  let reader: Interface | null = null;
  let lines: AsyncIterator<string> | null = null;
  const next = (): Promise<IteratorResult<string>> => {
    reader ??= createInterface({ input, output: echo, terminal: input.isTTY === true });
    lines ??= reader[Symbol.asyncIterator]();
    return lines.next();
  };
  return {
    async ask(prompt, options) {
      output.write(prompt);
      hidden = options?.hidden === true;
      const line = await next();
      if (hidden || input.isTTY !== true) output.write('\n');
      hidden = false;
      if (line.done === true) throw new Failure('input-ended', 'The input has ended before the dialogue.');
      return line.value;
    },
    tell: (line) => void output.write(`${line}\n`),
    close: () => reader?.close(),
  };
}
