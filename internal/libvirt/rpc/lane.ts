import { LibvirtConnectionError } from '../error.ts';
import type { PendingCall } from './call.ts';
import type { Connection } from './connection.ts';
import { endConnection } from './end-connection.ts';

/** libvirtd reads at most five requests of one client at a time (max_client_requests); the fifth is for its pings. */
const inFlightMaximum = 4;

export interface LaneOptions {
  readonly open: () => Promise<Connection>;
  readonly maximumConnections: number;
  /** So many connections stay open when they are idle. */
  readonly keptConnections: number;
  readonly idleMs: number;
}

/**
 * A queue of calls, first come first served, in front of a few connections that are opened when they are needed. A call
 * that is still in the queue when a connection is lost goes to the next one; a call that was sent is never sent again.
 */
export class Lane {
  readonly #options: LaneOptions;
  readonly #connections = new Set<Connection>();
  readonly #usedLately = new WeakSet<Connection>();
  #queue: PendingCall[] = [];
  #opening = 0;
  #sweep: NodeJS.Timeout | undefined;
  #closed: Error | null = null;
  /** Set when something lives only as long as its connection (autodestroy). */
  #pinned = false;

  constructor(options: LaneOptions) {
    this.#options = options;
  }

  submit(call: PendingCall): void {
    if (this.#closed) {
      call.fail(this.#closed);
      return;
    }
    this.#queue.push(call);
    this.#dispatch();
  }

  /** From now on no connection is closed for being idle. */
  pin(): void {
    this.#pinned = true;
  }

  /** Rejects what waits, and ends all connections; calls in flight reject with the error. */
  async close(error: LibvirtConnectionError): Promise<void> {
    this.#closed = error;
    clearInterval(this.#sweep);
    const waiting = this.#queue;
    this.#queue = [];
    for (const call of waiting) call.fail(error);
    await Promise.all([...this.#connections].map((connection) => endConnection(connection, error)));
  }

  #dispatch(): void {
    while (this.#queue[0]?.settled) this.#queue.shift();
    let next = this.#queue[0];
    while (next) {
      const connection = this.#freest();
      if (!connection) {
        // Losing a connection dispatches again.
        if (!this.#dropHung()) this.#openMore();
        return;
      }
      this.#queue.shift();
      if (!next.settled) {
        this.#usedLately.add(connection);
        connection.send(next);
      }
      next = this.#queue[0];
    }
  }

  #freest(): Connection | undefined {
    let freest: Connection | undefined;
    for (const connection of this.#connections) {
      if (connection.inFlight < (freest?.inFlight ?? inFlightMaximum)) freest = connection;
    }
    return freest;
  }

  /** Ends a connection whose places are all held by calls that nobody waits for any more: libvirt hangs over them. */
  #dropHung(): boolean {
    for (const connection of this.#connections) {
      if (connection.inFlight >= inFlightMaximum && !connection.awaited) {
        connection.destroy(new LibvirtConnectionError('all calls on the connection were given up'));
        return true;
      }
    }
    return false;
  }

  #openMore(): void {
    while (
      this.#connections.size + this.#opening < this.#options.maximumConnections &&
      this.#opening * inFlightMaximum < this.#queue.length
    ) {
      this.#opening += 1;
      this.#options.open().then(
        (connection) => {
          this.#opening -= 1;
          this.#opened(connection);
        },
        (error: unknown) => {
          this.#opening -= 1;
          this.#notOpened(error instanceof Error ? error : new LibvirtConnectionError(String(error)));
        },
      );
    }
  }

  #opened(connection: Connection): void {
    if (this.#closed) {
      void endConnection(connection, this.#closed);
      return;
    }
    this.#connections.add(connection);
    connection.receiver.answered = () => {
      if (this.#queue.length > 0) this.#dispatch();
    };
    const stop = connection.receiver.lost;
    connection.receiver.lost = (error) => {
      stop?.(error);
      this.#connections.delete(connection);
      if (!this.#closed) this.#dispatch();
    };
    this.#watchIdle();
    this.#dispatch();
  }

  /** While another connection is open or being opened, the queue still has somebody to serve it. */
  #notOpened(error: Error): void {
    if (this.#connections.size > 0 || this.#opening > 0) return;
    const waiting = this.#queue;
    this.#queue = [];
    for (const call of waiting) call.fail(error);
  }

  #watchIdle(): void {
    if (this.#sweep || this.#connections.size <= this.#options.keptConnections) return;
    this.#sweep = setInterval(() => this.#closeIdle(), this.#options.idleMs);
    this.#sweep.unref();
  }

  #closeIdle(): void {
    for (const connection of this.#connections) {
      if (this.#pinned || this.#connections.size <= this.#options.keptConnections) break;
      if (connection.inFlight === 0 && !this.#usedLately.has(connection)) {
        this.#connections.delete(connection);
        void endConnection(connection, new LibvirtConnectionError('the connection was idle'));
      }
      this.#usedLately.delete(connection);
    }
    if (this.#connections.size <= this.#options.keptConnections) {
      clearInterval(this.#sweep);
      this.#sweep = undefined;
    }
  }
}
