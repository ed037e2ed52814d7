import { LibvirtConnectionError, LibvirtError } from '../error.ts';
import type { ConnectionState, EventSource, LibvirtEvent } from '../events.ts';
import type { CallSurroundings } from './call.ts';
import type { Connection } from './connection.ts';
import { endConnection } from './end-connection.ts';
import { callOn } from './handshake.ts';
import type { EventMessage } from './wire/event-message.ts';
import { eventMessages } from './wire/event-messages.ts';
import { program } from './wire/frame.ts';
import { connect, feature } from './wire/procedures/connect.ts';
import { registration } from './wire/procedures/event.ts';
import type { Reader } from './xdr/reader.ts';

/** The time before another try to connect: doubles from `minMs` to `maxMs`, each time with some chance in it. */
export interface ReconnectOptions {
  readonly minMs: number;
  readonly maxMs: number;
}

export interface EventsOptions {
  readonly open: () => Promise<Connection>;
  readonly surroundings: CallSurroundings;
  readonly reconnect: ReconnectOptions;
}

const messageByNumber = new Map(eventMessages.map((message) => [message.number, message]));
/** Registrations in flight at once, within what libvirtd reads of one client. */
const registeredTogether = 4;

/** libvirt's events on a connection of their own, which is made again whenever it is lost. */
export class RpcEvents implements EventSource {
  readonly #options: EventsOptions;
  readonly #eventListeners = new Set<(event: LibvirtEvent) => void>();
  readonly #connectionListeners = new Set<(state: ConnectionState) => void>();
  #started: Promise<void> | undefined;
  #connection: Connection | undefined;
  #retry: NodeJS.Timeout | undefined;
  #failures = 0;
  #closed: Error | null = null;
  /** Events that could not be read, or of a kind that this client does not know. */
  #ignored = 0;

  constructor(options: EventsOptions) {
    this.#options = options;
  }

  get ignored(): number {
    return this.#ignored;
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

  async close(error: LibvirtConnectionError): Promise<void> {
    this.#closed = error;
    clearTimeout(this.#retry);
    if (this.#connection) await endConnection(this.#connection, error);
  }

  async #connect(): Promise<void> {
    if (this.#closed) throw this.#closed;
    const connection = await this.#options.open();
    this.#connection = connection;
    connection.receiver.message = (from, number, reader) => {
      this.#receive(from, number, reader);
    };
    try {
      await this.#registerAll(connection);
    } catch (error) {
      await endConnection(connection, new LibvirtConnectionError('the events could not be registered'));
      throw error;
    }
    const stop = connection.receiver.lost;
    connection.receiver.lost = (error) => {
      stop?.(error);
      this.#lost(error);
    };
    this.#failures = 0;
    tell(this.#connectionListeners, { state: 'connected' });
  }

  async #registerAll(connection: Connection): Promise<void> {
    const { surroundings } = this.#options;
    const { supported } = await callOn(
      connection,
      connect.supportsFeature,
      { feature: feature.remoteEventCallback },
      surroundings,
    );
    if (!supported) throw new LibvirtConnectionError('this libvirt is too old: it has no event callbacks');
    for (let first = 0; first < eventMessages.length; first += registeredTogether) {
      const together = eventMessages.slice(first, first + registeredTogether);
      await Promise.all(together.map((message) => this.#register(connection, message)));
    }
    if (connection.ended) throw connection.ended;
  }

  /**
   * A kind of event that the driver does not have, or whose daemon is not there (modular libvirt), is left out. Without
   * the domains' life cycle there is nothing to follow.
   */
  async #register(connection: Connection, { subsystem, eventId }: EventMessage): Promise<void> {
    const ask = (): Promise<unknown> => {
      const { surroundings } = this.#options;
      const eventID = eventId;
      switch (subsystem) {
        case 'domain':
          return callOn(connection, registration.domain, { eventID, dom: null }, surroundings);
        case 'network':
          return callOn(connection, registration.network, { eventID, net: null }, surroundings);
        case 'pool':
          return callOn(connection, registration.pool, { eventID, pool: null }, surroundings);
        case 'nodeDevice':
          return callOn(connection, registration.nodeDevice, { eventID, dev: null }, surroundings);
        case 'secret':
          return callOn(connection, registration.secret, { eventID, secret: null }, surroundings);
      }
    };
    try {
      await ask();
    } catch (error) {
      if (!(error instanceof LibvirtError) || (subsystem === 'domain' && eventId === 0)) throw error;
    }
  }

  #receive(from: number, number: number, reader: Reader): void {
    const message = from === program.remote ? messageByNumber.get(number) : undefined;
    let event: LibvirtEvent;
    try {
      if (!message) throw new Error('unknown event');
      event = message.read(reader);
    } catch {
      this.#ignored += 1;
      return;
    }
    tell(this.#eventListeners, event);
  }

  #lost(error: Error): void {
    if (this.#closed) return;
    this.#connection = undefined;
    const { minMs, maxMs } = this.#options.reconnect;
    const longest = Math.min(maxMs, minMs * 2 ** this.#failures);
    const retryInMs = Math.round(longest / 2 + (Math.random() * longest) / 2);
    this.#failures += 1;
    this.#retry = setTimeout(() => {
      this.#connect().catch((failure: unknown) => {
        this.#lost(failure instanceof Error ? failure : new Error(String(failure)));
      });
    }, retryInMs);
    tell(this.#connectionListeners, { state: 'disconnected', error, retryInMs });
  }
}

/** A listener that throws must not cost the others their event, nor us our place in the stream of bytes. */
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
