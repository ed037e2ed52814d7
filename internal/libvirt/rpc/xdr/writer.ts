import { LibvirtProtocolError } from '../../error.ts';

const initialSize = 4096;
/** A buffer that one large document made grow is given back after use. */
const keptSize = 256 * 1024;

/**
 * Writes XDR (RFC 4506): big-endian, everything padded to four bytes. One writer serves many messages: `begin`, write,
 * then `take` a copy of what was written.
 */
export class Writer {
  #buffer = Buffer.allocUnsafe(initialSize);
  #length = 0;

  /** Forgets what was written before. */
  begin(): void {
    this.#length = 0;
    if (this.#buffer.length > keptSize) this.#buffer = Buffer.allocUnsafe(initialSize);
  }

  get length(): number {
    return this.#length;
  }

  /** A copy of the bytes written since `begin`. */
  take(): Buffer {
    const copy = Buffer.allocUnsafe(this.#length);
    this.#buffer.copy(copy, 0, 0, this.#length);
    return copy;
  }

  int32(value: number): void {
    this.#reserve(4);
    this.#length = this.#buffer.writeInt32BE(value, this.#length);
  }

  uint32(value: number): void {
    this.#reserve(4);
    this.#length = this.#buffer.writeUInt32BE(value, this.#length);
  }

  int64(value: bigint): void {
    this.#reserve(8);
    this.#length = this.#buffer.writeBigInt64BE(value, this.#length);
  }

  uint64(value: bigint): void {
    this.#reserve(8);
    this.#length = this.#buffer.writeBigUInt64BE(value, this.#length);
  }

  double(value: number): void {
    this.#reserve(8);
    this.#length = this.#buffer.writeDoubleBE(value, this.#length);
  }

  /** Replaces the four bytes at `offset`. */
  patchUint32(offset: number, value: number): void {
    this.#buffer.writeUInt32BE(value, offset);
  }

  /** Bytes without a length, padded. */
  fixed(bytes: Uint8Array): void {
    this.#reserve(bytes.length + 3);
    this.#buffer.set(bytes, this.#length);
    this.#length += bytes.length;
    this.#pad(bytes.length);
  }

  /** Bytes as they are: the payload of a stream. */
  raw(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#buffer.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  /** Length, then bytes. */
  variable(bytes: Uint8Array, maximum: number): void {
    if (bytes.length > maximum) throw tooLong(bytes.length, maximum);
    this.uint32(bytes.length);
    this.fixed(bytes);
  }

  /** Length, then UTF-8. libvirt's strings end at a NUL, so one inside would silently cut the value: it is refused. */
  string(value: string, maximum: number): void {
    if (value.length > maximum) throw tooLong(value.length, maximum);
    if (value.includes('\0')) throw new LibvirtProtocolError('a string must not contain a NUL character');
    this.#reserve(4 + value.length * 3 + 3);
    const written = this.#buffer.write(value, this.#length + 4, 'utf8');
    if (written > maximum) throw tooLong(written, maximum);
    this.#buffer.writeUInt32BE(written, this.#length);
    this.#length += 4 + written;
    this.#pad(written);
  }

  /** Bytes given as hexadecimal digits, padded. */
  hex(digits: string): void {
    this.#reserve(digits.length / 2 + 3);
    const written = this.#buffer.write(digits, this.#length, 'hex');
    this.#length += written;
    this.#pad(written);
  }

  #pad(written: number): void {
    for (let rest = written & 3; rest !== 0 && rest < 4; rest += 1) {
      this.#buffer[this.#length] = 0;
      this.#length += 1;
    }
  }

  /** Callers reserve their padding too. */
  #reserve(bytes: number): void {
    const needed = this.#length + bytes;
    if (needed <= this.#buffer.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.#buffer.length * 2, needed));
    this.#buffer.copy(larger, 0, 0, this.#length);
    this.#buffer = larger;
  }
}

function tooLong(length: number, maximum: number): LibvirtProtocolError {
  return new LibvirtProtocolError(
    `a value of ${length} bytes is longer than the ${maximum} that libvirt takes`,
  );
}
