import { LibvirtConnectionError, LibvirtProtocolError } from '../error.ts';
import { argumentError, type PendingCall } from './call.ts';
import type { Transport } from './transport/transport.ts';
import { readError } from './wire/error-reply.ts';
import { encodeFrame, FrameSplitter, headerSize, messageStatus, messageType, program } from './wire/frame.ts';
import { Reader } from './xdr/reader.ts';
import { Writer } from './xdr/writer.ts';

/** What a connection does with messages that answer no call. */
export interface ConnectionReceiver {
  /** An event: a message that the server sent by itself. */
  message?: (program: number, procedure: number, reader: Reader) => void;
  /** A packet of the stream that the call `serial` opened. */
  stream?: (serial: number, type: number, status: number, reader: Reader) => void;
  /** A message of the keepalive program. */
  keepalive?: (procedure: number) => void;
  /** Bytes came in, whatever they are. */
  heard?: () => void;
  /** A call in flight was answered: there is room for another. */
  answered?: () => void;
  /** The connection is gone; called once. */
  lost?: (error: Error) => void;
}

/** One connection to libvirtd: calls out, answers in, in any order. */
export class Connection {
  receiver: ConnectionReceiver = {};
  readonly #transport: Transport;
  readonly #writer = new Writer();
  readonly #splitter = new FrameSplitter((buffer, start, end) => this.#receive(buffer, start, end));
  readonly #calls = new Map<number, PendingCall>();
  #serial = 0;
  #ended: Error | null = null;

  /** Takes over a transport that was just opened. */
  constructor(transport: Transport) {
    this.#transport = transport;
    transport.start({
      data: (chunk) => {
        this.#data(chunk);
      },
      closed: (error) =>
        this.destroy(
          new LibvirtConnectionError(
            error === null
              ? 'libvirt closed the connection'
              : `the connection to libvirt was lost: ${error.message}`,
            error === null ? {} : { cause: error },
          ),
        ),
    });
  }

  /** Why the connection is of no use any more; null while it is open. */
  get ended(): Error | null {
    return this.#ended;
  }

  /** Calls without an answer, given-up ones included: libvirtd counts them too. */
  get inFlight(): number {
    return this.#calls.size;
  }

  /** Whether somebody still waits for one of the calls in flight. */
  get awaited(): boolean {
    for (const call of this.#calls.values()) if (!call.settled) return true;
    return false;
  }

  /** Sends a call; returns its serial, or null if it failed before it was sent. */
  send(call: PendingCall): number | null {
    if (this.#ended) {
      call.fail(this.#ended);
      return null;
    }
    const serial = this.#nextSerial();
    let frame: Buffer;
    try {
      frame = encodeFrame(
        this.#writer,
        {
          program: call.program,
          procedure: call.procedure,
          type: messageType.call,
          serial,
          status: messageStatus.ok,
        },
        (writer) => call.writeArguments(writer),
      );
    } catch (error) {
      call.fail(argumentError(call.name, error));
      return null;
    }
    this.#calls.set(serial, call);
    this.#transport.write(frame);
    return serial;
  }

  /** Sends a packet of a stream; `bytes` are copied. */
  sendStream(
    stream: { readonly program: number; readonly procedure: number; readonly serial: number },
    status: number,
    bytes?: Uint8Array,
    written?: () => void,
  ): void {
    const frame = encodeFrame(this.#writer, { ...stream, type: messageType.stream, status }, (writer) => {
      if (bytes) writer.raw(bytes);
    });
    this.#transport.write(frame, written);
  }

  sendKeepalive(procedure: number): void {
    this.#transport.write(
      encodeFrame(this.#writer, {
        program: program.keepalive,
        procedure,
        type: messageType.message,
        serial: 0,
        status: messageStatus.ok,
      }),
    );
  }

  pauseReading(): void {
    this.#transport.pause();
  }

  resumeReading(): void {
    this.#transport.resume();
  }

  /** Ends the connection at once; calls in flight reject with the error. */
  destroy(error: Error): void {
    if (this.#ended) return;
    this.#ended = error;
    this.#transport.destroy();
    const calls = [...this.#calls.values()];
    this.#calls.clear();
    for (const call of calls) call.fail(error);
    this.receiver.lost?.(error);
  }

  #nextSerial(): number {
    this.#serial = (this.#serial + 1) % 0x1_0000_0000;
    return this.#serial;
  }

  #data(chunk: Buffer): void {
    if (this.#ended) return;
    this.receiver.heard?.();
    try {
      this.#splitter.push(chunk);
    } catch (error) {
      if (!(error instanceof LibvirtProtocolError)) throw error;
      this.destroy(error);
    }
  }

  #receive(buffer: Buffer, start: number, end: number): void {
    if (this.#ended) return;
    const from = buffer.readUInt32BE(start + 4);
    const procedure = buffer.readInt32BE(start + 12);
    const type = buffer.readInt32BE(start + 16);
    const serial = buffer.readUInt32BE(start + 20);
    const status = buffer.readInt32BE(start + 24);
    const reader = new Reader(buffer, start + headerSize, end);
    if (from === program.keepalive) this.receiver.keepalive?.(procedure);
    else if (type === messageType.reply) this.#reply(serial, status, reader);
    else if (type === messageType.message) this.receiver.message?.(from, procedure, reader);
    else if (type === messageType.stream || type === messageType.streamHole) {
      this.receiver.stream?.(serial, type, status, reader);
    }
    // Anything else is of a newer protocol, and nothing that we asked for.
  }

  #reply(serial: number, status: number, reader: Reader): void {
    const call = this.#calls.get(serial);
    if (!call) return;
    this.#calls.delete(serial);
    if (status === messageStatus.ok) call.succeed(reader);
    else if (status === messageStatus.error) call.fail(errorOf(reader, call.name));
    else call.fail(new LibvirtProtocolError(`libvirt answered ${call.name} with the status ${status}`));
    this.receiver.answered?.();
  }
}

function errorOf(reader: Reader, call: string): Error {
  try {
    return readError(reader, call);
  } catch (error) {
    return new LibvirtProtocolError(`cannot read libvirt's error about ${call}`, { cause: error });
  }
}
