import { LibvirtProtocolError } from '../../error.ts';

/**
 * Reads XDR (RFC 4506) from part of a buffer. Every length is checked against what is left before anything is
 * allocated; a value that does not fit throws LibvirtProtocolError. What it returns never refers to the buffer.
 */
export class Reader {
  readonly #buffer: Buffer;
  readonly #end: number;
  #offset: number;

  constructor(buffer: Buffer, start = 0, end = buffer.length) {
    this.#buffer = buffer;
    this.#offset = start;
    this.#end = end;
  }

  get remaining(): number {
    return this.#end - this.#offset;
  }

  int32(): number {
    return this.#buffer.readInt32BE(this.#skip(4));
  }

  uint32(): number {
    return this.#buffer.readUInt32BE(this.#skip(4));
  }

  int64(): bigint {
    return this.#buffer.readBigInt64BE(this.#skip(8));
  }

  uint64(): bigint {
    return this.#buffer.readBigUInt64BE(this.#skip(8));
  }

  double(): number {
    return this.#buffer.readDoubleBE(this.#skip(8));
  }

  /** The number of elements that follow: at most `maximum`, and never more than the rest of the message can hold. */
  count(maximum: number, elementSize: number): number {
    const count = this.uint32();
    if (count > maximum || count * elementSize > this.remaining) {
      throw new LibvirtProtocolError(
        `a length of ${count} where at most ${maximum} are allowed and ${this.remaining} bytes are left`,
      );
    }
    return count;
  }

  string(maximum: number): string {
    const length = this.count(maximum, 1);
    const start = this.#skipPadded(length);
    return this.#buffer.toString('utf8', start, start + length);
  }

  variable(maximum: number): Uint8Array {
    return this.fixed(this.count(maximum, 1));
  }

  fixed(length: number): Uint8Array {
    const start = this.#skipPadded(length);
    return new Uint8Array(this.#buffer.subarray(start, start + length));
  }

  /** Bytes as hexadecimal digits. */
  hex(length: number): string {
    const start = this.#skipPadded(length);
    return this.#buffer.toString('hex', start, start + length);
  }

  /** All that is left, as a copy. */
  rest(): Buffer {
    return Buffer.from(this.#buffer.subarray(this.#skip(this.remaining), this.#end));
  }

  #skip(bytes: number): number {
    const start = this.#offset;
    if (bytes > this.#end - start) {
      throw new LibvirtProtocolError(`the message ends ${bytes - (this.#end - start)} bytes too early`);
    }
    this.#offset = start + bytes;
    return start;
  }

  #skipPadded(bytes: number): number {
    return this.#skip((bytes + 3) & ~3);
  }
}
