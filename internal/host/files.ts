import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { open, readFile } from 'node:fs/promises';
import path from 'node:path';
import { setImmediate } from 'node:timers/promises';

/**
 * The pseudo files of a machine under a root. What is not there, or may not be read, is null or empty: never an error.
 *
 * Most are values that the kernel has at hand: reading one takes some microseconds, a turn of the thread pool ten times
 * that. So they are read at once, and whoever reads many calls `pause` in between.
 */
export interface MachineFiles {
  /** The whole text without the last newline. */
  text(file: string): string | null;
  /** The same for what takes the kernel long to make, or is long. */
  longText(file: string): Promise<string | null>;
  /** The first bytes of a file that the kernel may have to ask a device for. */
  bytes(file: string, length: number): Promise<Uint8Array | null>;
  /** Names in a directory, sorted; empty when it is not there. */
  list(directory: string): readonly string[];
  /** Where a link leads, as it is written; null: no link. */
  link(file: string): string | null;
  /** Lets other work go on when reading has gone on for some milliseconds. */
  pause(): Promise<void>;
}

/** How long reading may keep others waiting. */
const turnMs = 4;

export function machineFiles(root: string): MachineFiles {
  const place = (file: string): string => path.join(root, file);
  let turnEnds = performance.now() + turnMs;
  return {
    text: (file) => {
      // A missing file is common, and asking first is cheaper than an exception.
      if (!existsSync(place(file))) return null;
      return orNull(() => withoutNewline(readFileSync(place(file), 'utf8')));
    },
    longText: (file) => readFile(place(file), 'utf8').then(withoutNewline, () => null),
    bytes: (file, length) => readStart(place(file), length).catch(() => null),
    list: (directory) => orNull(() => readdirSync(place(directory)).sort()) ?? [],
    link: (file) => orNull(() => readlinkSync(place(file))),
    pause: async () => {
      if (performance.now() < turnEnds) return;
      await setImmediate();
      turnEnds = performance.now() + turnMs;
    },
  };
}

function withoutNewline(content: string): string {
  return content.endsWith('\n') ? content.slice(0, -1) : content;
}

function orNull<T>(read: () => T): T | null {
  try {
    return read();
  } catch {
    return null;
  }
}

async function readStart(file: string, length: number): Promise<Uint8Array> {
  const handle = await open(file, 'r');
  try {
    const { buffer, bytesRead } = await handle.read(new Uint8Array(length), 0, length, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

/** The text of the first of these files that is there. */
export function firstText(files: MachineFiles, candidates: readonly string[]): string | null {
  for (const candidate of candidates) {
    const found = files.text(candidate);
    if (found !== null) return found;
  }
  return null;
}
