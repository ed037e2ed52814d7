import type { CallReport } from '../call-report.ts';
import type { CallOptions } from '../client.ts';
import { LibvirtConnectionError } from '../error.ts';
import { makeCall, type CallSurroundings } from './call.ts';
import type { Connection } from './connection.ts';
import { DeadlineWheel } from './deadline.ts';
import { RpcEvents, type ReconnectOptions } from './events.ts';
import { openConnection } from './handshake.ts';
import type { KeepaliveOptions } from './keepalive.ts';
import { Lane } from './lane.ts';
import { openStream, RpcStream, type StreamDirection } from './stream.ts';
import type { LibvirtUri } from './transport/uri.ts';
import type { Procedure } from './wire/procedure.ts';

const quickDeadlineMs = 30_000;
const longDeadlineMs = 300_000;
const idleMs = 30_000;

export interface SessionOptions {
  readonly uri: LibvirtUri;
  readonly observe?: ((report: CallReport) => void) | undefined;
  readonly reconnect: ReconnectOptions;
  readonly keepalive: KeepaliveOptions;
}

/**
 * All connections of one client. Quick calls share up to four; calls that may take long have their own, so that they
 * never stand in the way (together they stay below libvirtd's 20 workers); events have one, each stream has one.
 */
export class Session {
  readonly events: RpcEvents;
  readonly #options: SessionOptions;
  readonly #surroundings: CallSurroundings;
  readonly #ending = new AbortController();
  readonly #quick: Lane;
  readonly #long: Lane;
  readonly #streams = new Set<RpcStream>();
  #closing: Promise<void> | undefined;

  constructor(options: SessionOptions) {
    this.#options = options;
    this.#surroundings = { deadlines: new DeadlineWheel(), observe: options.observe };
    const open = (): Promise<Connection> => this.#open(options.keepalive);
    this.#quick = new Lane({ open, maximumConnections: 4, keptConnections: 1, idleMs });
    this.#long = new Lane({ open, maximumConnections: 3, keptConnections: 0, idleMs });
    this.events = new RpcEvents({ open, surroundings: this.#surroundings, reconnect: options.reconnect });
  }

  /** A call that libvirt answers from what it knows, or nearly so. */
  call<A, R>(name: string, procedure: Procedure<A, R>, values: A, call: CallOptions = {}): Promise<R> {
    return this.#call(this.#quick, name, procedure, values, limits(call, quickDeadlineMs));
  }

  /** A call for which libvirt asks somebody else: QEMU, the guest's agent, a driver of the host. */
  slowCall<A, R>(name: string, procedure: Procedure<A, R>, values: A, call: CallOptions = {}): Promise<R> {
    return this.#call(this.#long, name, procedure, values, limits(call, quickDeadlineMs));
  }

  /** A call that starts or moves a VM, or moves the contents of disks: it may take minutes. */
  longCall<A, R>(name: string, procedure: Procedure<A, R>, values: A, call: CallOptions = {}): Promise<R> {
    return this.#call(this.#long, name, procedure, values, limits(call, longDeadlineMs));
  }

  /** What the next long calls make lives only as long as their connection: it must not be closed for being idle. */
  keepLongConnections(): void {
    this.#long.pin();
  }

  /** A call that opens a stream. */
  stream<A, R>(
    name: string,
    procedure: Procedure<A, R>,
    values: A,
    direction: StreamDirection,
    call: CallOptions = {},
  ): Promise<{ result: R; stream: RpcStream }> {
    const stream = new RpcStream(name, procedure, direction);
    this.#streams.add(stream);
    stream.once('close', () => this.#streams.delete(stream));
    return openStream(stream, {
      name,
      procedure,
      values,
      limits: limits(call, quickDeadlineMs),
      surroundings: this.#surroundings,
      // No pings: a stream that its reader has paused could not answer them.
      open: () => this.#open(null),
    });
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    const error = closedError();
    this.#ending.abort(error);
    for (const stream of this.#streams) stream.destroy(error);
    await Promise.all([this.#quick.close(error), this.#long.close(error), this.events.close(error)]);
  }

  #call<A, R>(
    lane: Lane,
    name: string,
    procedure: Procedure<A, R>,
    values: A,
    limited: { readonly deadlineMs: number; readonly signal: CallOptions['signal'] },
  ): Promise<R> {
    return makeCall(name, procedure, values, this.#surroundings, limited, (call) => lane.submit(call));
  }

  async #open(keepalive: KeepaliveOptions | null): Promise<Connection> {
    if (this.#ending.signal.aborted) throw closedError();
    return openConnection({
      uri: this.#options.uri,
      keepalive,
      signal: this.#ending.signal,
      surroundings: this.#surroundings,
    });
  }
}

function limits(
  call: CallOptions,
  deadlineMs: number,
): { readonly deadlineMs: number; readonly signal: CallOptions['signal'] } {
  return { deadlineMs: call.deadlineMs ?? deadlineMs, signal: call.signal };
}

function closedError(): LibvirtConnectionError {
  return new LibvirtConnectionError('the libvirt client is closed');
}
