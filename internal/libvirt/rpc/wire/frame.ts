import { LibvirtProtocolError } from '../../error.ts';
import type { Writer } from '../xdr/writer.ts';

/** The programs that share a connection, each of version 1. */
export const program = { remote: 0x20008086, qemu: 0x20008087, keepalive: 0x6b656570 } as const;
/** virNetMessageType. */
export const messageType = { call: 0, reply: 1, message: 2, stream: 3, streamHole: 6 } as const;
/** virNetMessageStatus. */
export const messageStatus = { ok: 0, error: 1, continue: 2 } as const;

/** The length word and the header before the payload. */
export const headerSize = 28;
/** VIR_NET_MESSAGE_MAX, and the length word that it does not count. */
const frameMaximum = 33_554_432 + 4;
/** A buffer that one large message made grow is given back after use. */
const keptSize = 1024 * 1024;

export interface Header {
  readonly program: number;
  readonly procedure: number;
  readonly type: number;
  readonly serial: number;
  readonly status: number;
}

/** One message in one buffer, so that it leaves in one write. */
export function encodeFrame(writer: Writer, header: Header, payload?: (writer: Writer) => void): Buffer {
  writer.begin();
  writer.uint32(0);
  writer.uint32(header.program);
  writer.uint32(1);
  writer.int32(header.procedure);
  writer.int32(header.type);
  writer.uint32(header.serial);
  writer.int32(header.status);
  payload?.(writer);
  if (writer.length > frameMaximum) {
    throw new LibvirtProtocolError(`a message of ${writer.length} bytes is longer than libvirt takes`);
  }
  writer.patchUint32(0, writer.length);
  return writer.take();
}

/**
 * Cuts a stream of bytes into messages. A whole message is handed out as part of the chunk it came in, without a copy;
 * only one that is spread over chunks is gathered. Memory grows with what has arrived, not with what was announced.
 */
export class FrameSplitter {
  readonly #receive: (buffer: Buffer, start: number, end: number) => void;
  #gathered: Buffer = Buffer.alloc(0);
  #have = 0;

  /** `receive` gets a whole message with its length word; the buffer is valid only during the call. */
  constructor(receive: (buffer: Buffer, start: number, end: number) => void) {
    this.#receive = receive;
  }

  /** Throws LibvirtProtocolError if a length is not possible; the connection is of no use after that. */
  push(chunk: Buffer): void {
    let start = 0;
    while (this.#have > 0 && start < chunk.length) start = this.#gather(chunk, start);
    while (chunk.length - start >= 4) {
      const length = frameLength(chunk, start);
      if (chunk.length - start < length) break;
      this.#receive(chunk, start, start + length);
      start += length;
    }
    if (start < chunk.length) this.#append(chunk, start, chunk.length);
  }

  /** Takes from the chunk what the message begun earlier still needs; returns where the rest of the chunk begins. */
  #gather(chunk: Buffer, start: number): number {
    const wanted = this.#have < 4 ? 4 : frameLength(this.#gathered, 0);
    const end = Math.min(chunk.length, start + wanted - this.#have);
    this.#append(chunk, start, end);
    if (this.#have >= 4 && this.#have === frameLength(this.#gathered, 0)) {
      const message = this.#gathered;
      const length = this.#have;
      this.#have = 0;
      if (message.length > keptSize) this.#gathered = Buffer.alloc(0);
      this.#receive(message, 0, length);
    }
    return end;
  }

  #append(chunk: Buffer, start: number, end: number): void {
    const needed = this.#have + end - start;
    if (needed > this.#gathered.length) {
      const larger = Buffer.allocUnsafe(Math.max(needed, this.#gathered.length * 2, 1024));
      this.#gathered.copy(larger, 0, 0, this.#have);
      this.#gathered = larger;
    }
    chunk.copy(this.#gathered, this.#have, start, end);
    this.#have = needed;
  }
}

function frameLength(buffer: Buffer, offset: number): number {
  const length = buffer.readUInt32BE(offset);
  if (length < headerSize || length > frameMaximum) {
    throw new LibvirtProtocolError(`a message of ${length} bytes is not possible in libvirt's protocol`);
  }
  return length;
}
