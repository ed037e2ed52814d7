import { Duplex } from 'node:stream';
import type { ConsoleEnding } from './console.ts';

/** What a viewer may be behind before the console waits for it. */
const viewerBuffer = 256 * 1024;

export interface SharedStreamOptions {
  /** How much of what was written last is kept for those who come later. */
  readonly historyBytes: number;
  /** How long all others wait for one that does not read. */
  readonly stallMs: number;
  /** Why the source ended; `error` null: it ended by itself. Never rejects. */
  readonly explain: (error: Error | null) => Promise<ConsoleEnding>;
  /** The source is gone, or the last viewer has left and it was closed: nobody can join any more. */
  readonly onClose: () => void;
}

/**
 * One console for several viewers: what it writes goes to all, what any of them writes goes to it. It is read as fast as its
 * slowest viewer reads; one that stops reading while others wait is dropped.
 */
export class SharedStream {
  readonly #source: Duplex;
  readonly #options: SharedStreamOptions;
  readonly #viewers = new Set<Viewer>();
  readonly #behind = new Set<Viewer>();
  #history: Buffer[] = [];
  #historyBytes = 0;
  #stall: NodeJS.Timeout | undefined;
  #reading = false;
  #closed = false;

  constructor(source: Duplex, options: SharedStreamOptions) {
    this.#source = source;
    this.#options = options;
    source.once('error', (error) => this.#over(error));
    source.once('end', () => this.#over(null));
    source.once('close', () => this.#over(null));
  }

  get viewers(): number {
    return this.#viewers.size;
  }

  /** @returns undefined when it is over. `history` is what was written before, the newest at the end. */
  join(): { readonly viewer: Viewer; readonly history: Buffer } | undefined {
    if (this.#closed) return undefined;
    const viewer = new Viewer({
      write: (chunk, written) => {
        if (this.#source.writable) this.#source.write(chunk, () => written());
        else written();
      },
      wants: () => this.#caughtUp(viewer),
      leave: () => this.#left(viewer),
    });
    this.#viewers.add(viewer);
    // Nothing is read before there is somebody to read it.
    if (!this.#reading) this.#source.on('data', (chunk: Buffer) => this.#spread(chunk));
    this.#reading = true;
    this.#judge();
    return { viewer, history: Buffer.concat(this.#history).subarray(-this.#options.historyBytes) };
  }

  /** Ends all viewers and the source. */
  close(ending: ConsoleEnding): void {
    for (const viewer of [...this.#viewers]) viewer.finish(ending);
    this.#shut();
  }

  #spread(chunk: Buffer): void {
    this.#history.push(chunk);
    this.#historyBytes += chunk.length;
    for (let [first] = this.#history; first !== undefined; [first] = this.#history) {
      if (this.#historyBytes - first.length < this.#options.historyBytes) break;
      this.#historyBytes -= first.length;
      this.#history.shift();
    }
    for (const viewer of this.#viewers) if (!viewer.push(chunk)) this.#behind.add(viewer);
    this.#judge();
  }

  #caughtUp(viewer: Viewer): void {
    if (this.#behind.delete(viewer)) this.#judge();
  }

  #left(viewer: Viewer): void {
    this.#viewers.delete(viewer);
    this.#behind.delete(viewer);
    if (this.#viewers.size === 0) this.#shut();
    else this.#judge();
  }

  /** One that reads nothing holds up the guest, as a terminal does; it must not hold up other viewers for long. */
  #judge(): void {
    if (this.#closed) return;
    if (this.#behind.size === 0) this.#source.resume();
    else this.#source.pause();
    const othersWait = this.#behind.size > 0 && this.#behind.size < this.#viewers.size;
    if (!othersWait) {
      clearTimeout(this.#stall);
      this.#stall = undefined;
    } else this.#stall ??= setTimeout(() => this.#dropSlow(), this.#options.stallMs);
  }

  #dropSlow(): void {
    this.#stall = undefined;
    const message = 'What the console wrote was not read for too long, and others waited.';
    for (const viewer of [...this.#behind]) viewer.cut({ reason: 'too-slow', message });
  }

  #over(error: Error | null): void {
    if (this.#closed) return;
    this.#shut();
    void this.#options.explain(error).then((ending) => {
      for (const viewer of [...this.#viewers]) viewer.finish(ending);
    });
  }

  #shut(): void {
    if (this.#closed) return;
    this.#closed = true;
    clearTimeout(this.#stall);
    this.#history = [];
    // What it still says is for nobody.
    this.#source.on('error', () => undefined);
    this.#source.destroy();
    this.#options.onClose();
  }
}

interface ViewerHooks {
  readonly write: (chunk: Buffer, written: () => void) => void;
  readonly wants: () => void;
  readonly leave: () => void;
}

/** One viewer's side of a shared console. */
export class Viewer extends Duplex {
  readonly #hooks: ViewerHooks;
  #ending: ConsoleEnding | null = null;

  constructor(hooks: ViewerHooks) {
    super({ readableHighWaterMark: viewerBuffer });
    this.#hooks = hooks;
  }

  get ending(): ConsoleEnding | null {
    return this.#ending;
  }

  /** The end, behind what is not yet read. */
  finish(ending: ConsoleEnding): void {
    this.#ending ??= ending;
    this.push(null);
    this.end();
  }

  /** The end at once. */
  cut(ending: ConsoleEnding): void {
    this.#ending ??= ending;
    this.destroy();
  }

  override _read(): void {
    this.#hooks.wants();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, written: () => void): void {
    this.#hooks.write(chunk, written);
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#hooks.leave();
    done(error);
  }
}
