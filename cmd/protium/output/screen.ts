import { styleText } from 'node:util';
import { printable } from './printable.ts';

/** A stream that may be a terminal. */
export interface OutputStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

type Colour = 'red' | 'green' | 'yellow' | 'gray' | 'bold';

/** stdout for answers, stderr for what is said beside them. */
export interface Screen {
  write(text: string): void;
  /** A line for the person, on stderr. */
  note(text: string): void;
  /** On a terminal: one line on stderr, rewritten each time; the next thing that is written takes its place. */
  progress(text: string): void;
  endProgress(): void;
  paint(colour: Colour, text: string): string;
}

/** @param environment NO_COLOR and TERM=dumb mean no colour */
export function createScreen(
  stdout: OutputStream,
  stderr: OutputStream,
  environment: NodeJS.ProcessEnv,
): Screen {
  const plain = (environment['NO_COLOR'] ?? '') !== '' || environment['TERM'] === 'dumb';
  const colour = stdout.isTTY === true && !plain;
  let shown = '';
  const endProgress = (): void => {
    if (shown !== '') stderr.write('\r\u001B[K');
    shown = '';
  };
  return {
    write(text) {
      endProgress();
      stdout.write(text);
    },
    note(text) {
      endProgress();
      stderr.write(`${text}\n`);
    },
    progress(text) {
      if (stderr.isTTY !== true) return;
      // A terminal of unknown size says 0.
      const columns = stderr.columns === undefined || stderr.columns === 0 ? 80 : stderr.columns;
      const line = printable(text).slice(0, columns - 1);
      if (line === shown) return;
      stderr.write(`\r${line}\u001B[K`);
      shown = line;
    },
    endProgress,
    paint: (name, text) => (colour ? styleText(name, text, { validateStream: false }) : text),
  };
}
