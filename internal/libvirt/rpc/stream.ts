import { Duplex, type DuplexOptions } from 'node:stream';
import { LibvirtConnectionError, LibvirtProtocolError } from '../error.ts';
import { makeCall, type CallSurroundings, type PendingCall } from './call.ts';
import type { CallOptions } from '../client.ts';
import type { Connection } from './connection.ts';
import { endConnection } from './end-connection.ts';
import { readError } from './wire/error-reply.ts';
import { messageStatus, messageType } from './wire/frame.ts';
import type { Procedure } from './wire/procedure.ts';
import type { Reader } from './xdr/reader.ts';

/** The payload that every libvirtd takes (VIR_NET_MESSAGE_LEGACY_PAYLOAD_MAX). */
const packetMaximum = 262_120;
const bulkBuffer = 1024 * 1024;

export type StreamDirection = 'read' | 'write' | 'both';

export interface StreamOpening<A, R> {
  readonly name: string;
  readonly procedure: Procedure<A, R>;
  readonly values: A;
  readonly limits: { readonly deadlineMs: number; readonly signal?: CallOptions['signal'] };
  readonly surroundings: CallSurroundings;
  readonly open: () => Promise<Connection>;
}

/**
 * Makes the call that opens the stream, on a connection of the stream's own: libvirt's protocol has no flow control for
 * a stream, so back-pressure stops everything on its connection.
 */
export async function openStream<A, R>(
  stream: RpcStream,
  opening: StreamOpening<A, R>,
): Promise<{ result: R; stream: RpcStream }> {
  const { name, procedure, values, surroundings, limits } = opening;
  // Until the caller has it, nobody listens to the stream; what goes wrong rejects instead.
  const nobody = (): void => undefined;
  stream.on('error', nobody);
  try {
    const result = await makeCall(name, procedure, values, surroundings, limits, (call) => {
      opening.open().then(
        (connection) => {
          stream.begin(connection, call);
        },
        (error: unknown) => {
          call.fail(error instanceof Error ? error : new Error(String(error)));
        },
      );
    });
    if (stream.errored) throw stream.errored;
    stream.off('error', nobody);
    return { result, stream };
  } catch (error) {
    stream.destroy();
    throw error;
  }
}

/** A libvirt stream: bytes in packets, ended by a finish that the server confirms, or by an abort. */
export class RpcStream extends Duplex {
  readonly #call: string;
  readonly #procedure: { readonly program: number; readonly number: number };
  readonly #direction: StreamDirection;
  #connection: Connection | undefined;
  #serial = 0;
  /** `finishing`: we sent the end and wait for the server's confirmation. */
  #state: 'open' | 'finishing' | 'finished' = 'open';
  #allReceived = false;
  #finished: ((error?: Error | null) => void) | undefined;

  constructor(
    call: string,
    procedure: { readonly program: number; readonly number: number },
    direction: StreamDirection,
  ) {
    const sides: DuplexOptions & { readable: boolean; writable: boolean } = {
      readable: direction !== 'write',
      writable: direction !== 'read',
      allowHalfOpen: false,
      ...(direction === 'both'
        ? {}
        : { readableHighWaterMark: bulkBuffer, writableHighWaterMark: bulkBuffer }),
    };
    super(sides);
    this.#call = call;
    this.#procedure = procedure;
    this.#direction = direction;
  }

  /** Sends the call that opens the stream; data may come right behind its answer. */
  begin(connection: Connection, call: PendingCall): void {
    if (call.settled || this.destroyed) {
      const error = new LibvirtConnectionError('the stream was given up');
      call.fail(error);
      void endConnection(connection, error);
      return;
    }
    this.#connection = connection;
    const stop = connection.receiver.lost;
    connection.receiver.lost = (error) => {
      stop?.(error);
      if (this.#state !== 'finished') this.destroy(error);
    };
    connection.receiver.stream = (serial, type, status, reader) => {
      if (serial === this.#serial) this.#receive(type, status, reader);
    };
    this.#serial = connection.send(call) ?? 0;
  }

  override _read(): void {
    this.#connection?.resumeReading();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, written: (error?: Error | null) => void): void {
    for (let start = 0; start < chunk.length; start += packetMaximum) {
      const end = Math.min(start + packetMaximum, chunk.length);
      this.#send(
        messageStatus.continue,
        chunk.subarray(start, end),
        end === chunk.length ? written : undefined,
      );
    }
    if (chunk.length === 0) written();
  }

  override _final(finished: (error?: Error | null) => void): void {
    if (this.#state === 'finished') {
      finished();
      return;
    }
    this.#finished = finished;
    this.#finish();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    const connection = this.#connection;
    if (connection) {
      if (this.#state !== 'finished' && !connection.ended) this.#send(messageStatus.error);
      this.#state = 'finished';
      connection.resumeReading();
      void endConnection(connection, new LibvirtConnectionError('the stream was closed'));
    }
    done(error);
  }

  #receive(type: number, status: number, reader: Reader): void {
    if (this.destroyed || this.#state === 'finished') return;
    if (type === messageType.streamHole) {
      this.destroy(new LibvirtProtocolError('libvirt sent a hole in a stream that is not sparse'));
    } else if (status === messageStatus.continue) {
      if (reader.remaining > 0) this.#data(reader);
      else this.#endOfData();
    } else if (status === messageStatus.ok) {
      this.#confirmed();
    } else {
      this.#failed(reader);
    }
  }

  #data(reader: Reader): void {
    if (this.#direction === 'write') return;
    if (!this.push(reader.rest())) this.#connection?.pauseReading();
  }

  /** All data was sent. Whether it was all right is in the server's answer to our finish. */
  #endOfData(): void {
    this.#allReceived = true;
    if (this.#direction === 'both') this.push(null);
    else this.#finish();
  }

  #finish(): void {
    if (this.#state !== 'open') return;
    this.#state = 'finishing';
    this.#send(messageStatus.ok);
  }

  #confirmed(): void {
    this.#state = 'finished';
    if (this.#direction !== 'write') this.push(null);
    this.#finished?.();
    this.#finished = undefined;
  }

  #failed(reader: Reader): void {
    let error: Error;
    try {
      error = readError(reader, this.#call);
    } catch (cause) {
      error = new LibvirtProtocolError(`cannot read libvirt's error about ${this.#call}`, { cause });
    }
    this.#state = 'finished';
    // A console whose other side is gone: libvirt reports an unexpected end after the end.
    if (this.#direction === 'both' && this.#allReceived) this.#finished?.();
    else this.destroy(error);
  }

  #send(status: number, bytes?: Uint8Array, written?: () => void): void {
    const stream = {
      program: this.#procedure.program,
      procedure: this.#procedure.number,
      serial: this.#serial,
    };
    this.#connection?.sendStream(stream, status, bytes, written);
  }
}
