import { LibvirtConnectionError, LibvirtError } from '../../error.ts';
import type { ConnectionState, EventSource, LibvirtEvent } from '../../events.ts';
import { virsh } from '../command.ts';
import { networkCalls } from '../calls/networks.ts';
import { poolCalls } from '../calls/pools.ts';
import { secretCalls } from '../calls/secrets.ts';
import { domainLifeCycleCalls } from '../calls/domains.ts';
import { parseWords } from '../output/lists.ts';
import type { Runner } from '../runner.ts';
import { EventLines, type Subsystem } from './event-lines.ts';
import { startEventProcess, type EventProcess } from './event-process.ts';
import { References } from './references.ts';

const firstRetryMs = 200;
const longestRetryMs = 10_000;

interface Source {
  readonly subsystem: Subsystem;
  readonly words: readonly string[];
}

/** virsh waits for one kind at a time, or for all kinds of domains. */
const sources: readonly Source[] = [
  { subsystem: 'domain', words: ['event', '--all'] },
  { subsystem: 'network', words: ['net-event', '--event=lifecycle'] },
  { subsystem: 'pool', words: ['pool-event', '--event=lifecycle'] },
  { subsystem: 'pool', words: ['pool-event', '--event=refresh'] },
  { subsystem: 'nodeDevice', words: ['nodedev-event', '--event=lifecycle'] },
  { subsystem: 'nodeDevice', words: ['nodedev-event', '--event=update'] },
  { subsystem: 'secret', words: ['secret-event', '--event=lifecycle'] },
  { subsystem: 'secret', words: ['secret-event', '--event=value-changed'] },
];

/**
 * libvirt's events as `virsh event` and its like print them, one process for each. Events of one process come in
 * libvirt's order; those of different processes as they arrive. When libvirtd goes, all are started again.
 */
export class VirshEvents implements EventSource {
  readonly #runner: Runner;
  readonly #references: References;
  readonly #eventListeners = new Set<(event: LibvirtEvent) => void>();
  readonly #connectionListeners = new Set<(state: ConnectionState) => void>();
  #processes: readonly EventProcess[] = [];
  #queue: Promise<void> = Promise.resolve();
  #started: Promise<void> | undefined;
  #retry: NodeJS.Timeout | undefined;
  #failures = 0;
  #closed = false;

  constructor(runner: Runner) {
    this.#runner = runner;
    const emptyIfUnsupported = async <T>(list: Promise<readonly T[]>): Promise<readonly T[]> => {
      try {
        return await list;
      } catch (error) {
        if (error instanceof LibvirtError) return [];
        throw error;
      }
    };
    this.#references = new References({
      domains: () => domainLifeCycleCalls(runner).list(),
      networks: () => emptyIfUnsupported(networkCalls(runner).list()),
      pools: () => emptyIfUnsupported(poolCalls(runner).list()),
      secrets: () => emptyIfUnsupported(secretCalls(runner).list()),
    });
  }

  start(): Promise<void> {
    this.#started ??= this.#connect().catch((error: unknown) => {
      this.#started = undefined;
      throw error;
    });
    return this.#started;
  }

  onEvent(listener: (event: LibvirtEvent) => void): () => void {
    this.#eventListeners.add(listener);
    return () => this.#eventListeners.delete(listener);
  }

  onConnection(listener: (state: ConnectionState) => void): () => void {
    this.#connectionListeners.add(listener);
    return () => this.#connectionListeners.delete(listener);
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#retry);
    await end(this.#processes);
  }

  async #connect(): Promise<void> {
    if (this.#closed) throw new LibvirtConnectionError('this libvirt client is closed');
    const domainKinds = await this.#runner.perform('events.start', undefined, async (attempt) =>
      parseWords(await attempt.execute(virsh('event', '--list'))),
    );
    const started: EventProcess[] = [];
    try {
      for (const source of sources) {
        const process = await this.#startSource(source, domainKinds.length);
        if (process) started.push(process);
      }
      await this.#references.readAll();
    } catch (error) {
      await end(started);
      throw error;
    }
    if (this.#isClosed()) {
      await end(started);
      throw new LibvirtConnectionError('this libvirt client is closed');
    }
    this.#processes = started;
    this.#failures = 0;
    void Promise.race(started.map(({ ended }) => ended)).then((error) => this.#lost(error));
    tell(this.#connectionListeners, { state: 'connected' });
  }

  /** A kind of event that the driver does not have is left out; without the domains' there is nothing to follow. */
  async #startSource({ subsystem, words }: Source, domainKinds: number): Promise<EventProcess | null> {
    const lines = new EventLines(subsystem);
    const process = await startEventProcess({
      location: this.#runner.location,
      subsystem,
      words,
      registrations: subsystem === 'domain' ? domainKinds : 1,
      onLine: (line) => {
        const event = lines.push(line);
        if (event === null) return;
        this.#queue = this.#queue.then(async () => {
          try {
            tell(this.#eventListeners, await this.#references.complete(event));
          } catch {
            // libvirtd is gone: a reconnect follows, and with it everything is read again.
          }
        });
      },
    });
    const failure = await Promise.race([process.registered.then(() => null), process.ended]);
    if (failure === null) return process;
    if (failure instanceof LibvirtError && subsystem !== 'domain') return null;
    throw failure;
  }

  async #lost(error: Error): Promise<void> {
    const processes = this.#processes;
    this.#processes = [];
    await end(processes);
    if (!this.#closed) this.#retryAfter(error);
  }

  #retryAfter(error: Error): void {
    const longest = Math.min(longestRetryMs, firstRetryMs * 2 ** this.#failures);
    const retryInMs = Math.round(longest / 2 + (Math.random() * longest) / 2);
    this.#failures += 1;
    this.#retry = setTimeout(() => {
      this.#connect().catch((failure: unknown) => {
        if (!this.#closed) this.#retryAfter(failure instanceof Error ? failure : new Error(String(failure)));
      });
    }, retryInMs);
    tell(this.#connectionListeners, { state: 'disconnected', error, retryInMs });
  }

  /** Asked anew after a wait, when it may have changed. */
  #isClosed(): boolean {
    return this.#closed;
  }
}

async function end(processes: readonly EventProcess[]): Promise<void> {
  for (const process of processes) process.kill();
  await Promise.all(processes.map(({ ended }) => ended));
}

/** A listener that throws must not cost the others their event. */
function tell<T>(listeners: ReadonlySet<(value: T) => void>, value: T): void {
  for (const listener of [...listeners]) {
    try {
      listener(value);
    } catch (error) {
      queueMicrotask(() => {
        throw error;
      });
    }
  }
}
