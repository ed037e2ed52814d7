import { LibvirtProtocolError } from '../../error.ts';
import type { Reader } from './reader.ts';
import type { Writer } from './writer.ts';

/** How one type of libvirt's protocol is written and read. */
export interface Codec<T> {
  /** The layout in the words of the .x files, e.g. `{name:string<4194304>,uuid:opaque[16],id:int}`. */
  readonly shape: string;
  /** Fewest bytes that a value takes. */
  readonly minimumSize: number;
  write(writer: Writer, value: T): void;
  read(reader: Reader): T;
}

/** libvirt's limit for one string (VIR_NET_MESSAGE_STRING_MAX). */
const stringMaximum = 4_194_304;

export const int: Codec<number> = {
  shape: 'int',
  minimumSize: 4,
  write: (writer, value) => writer.int32(value),
  read: (reader) => reader.int32(),
};

export const unsignedInt: Codec<number> = {
  shape: 'unsigned int',
  minimumSize: 4,
  write: (writer, value) => writer.uint32(value),
  read: (reader) => reader.uint32(),
};

/** Smaller integers take four bytes too. */
export const char: Codec<number> = { ...int, shape: 'char' };
export const unsignedChar: Codec<number> = { ...unsignedInt, shape: 'unsigned char' };
export const unsignedShort: Codec<number> = { ...unsignedInt, shape: 'unsigned short' };

/** libvirt declares its truth values as int; any number but 0 is true. */
export const flag: Codec<boolean> = {
  shape: 'int',
  minimumSize: 4,
  write: (writer, value) => writer.int32(value ? 1 : 0),
  read: (reader) => reader.int32() !== 0,
};

export const hyper: Codec<bigint> = {
  shape: 'hyper',
  minimumSize: 8,
  write: (writer, value) => writer.int64(value),
  read: (reader) => reader.int64(),
};

export const unsignedHyper: Codec<bigint> = {
  shape: 'unsigned hyper',
  minimumSize: 8,
  write: (writer, value) => writer.uint64(value),
  read: (reader) => reader.uint64(),
};

/** A 64-bit number that is known to be small; one that a JavaScript number cannot hold is refused. */
export const countedHyper: Codec<number> = {
  shape: 'unsigned hyper',
  minimumSize: 8,
  write: (writer, value) => writer.uint64(BigInt(value)),
  read: (reader) => {
    const value = Number(reader.uint64());
    if (!Number.isSafeInteger(value)) throw new LibvirtProtocolError(`the number ${value} is too large`);
    return value;
  },
};

export const double: Codec<number> = {
  shape: 'double',
  minimumSize: 8,
  write: (writer, value) => writer.double(value),
  read: (reader) => reader.double(),
};

export const string: Codec<string> = {
  shape: `string<${stringMaximum}>`,
  minimumSize: 4,
  write: (writer, value) => writer.string(value, stringMaximum),
  read: (reader) => reader.string(stringMaximum),
};

/** A UUID as text, lower-case with dashes; 16 bytes on the wire. */
export const uuid: Codec<string> = {
  shape: 'opaque[16]',
  minimumSize: 16,
  write: (writer, value) => {
    if (!isUuid(value)) throw new LibvirtProtocolError(`${JSON.stringify(value)} is not a UUID`);
    writer.hex(value.replaceAll('-', ''));
  },
  read: (reader) => {
    const hex = reader.hex(16);
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
  },
};

export function isUuid(text: string): boolean {
  return /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i.test(text);
}

export function opaque(maximum: number): Codec<Uint8Array> {
  return {
    shape: `opaque<${maximum}>`,
    minimumSize: 4,
    write: (writer, value) => writer.variable(value, maximum),
    read: (reader) => reader.variable(maximum),
  };
}

export function optional<T>(codec: Codec<T>): Codec<T | null> {
  return {
    shape: `*${codec.shape}`,
    minimumSize: 4,
    write: (writer, value) => {
      writer.uint32(value === null ? 0 : 1);
      if (value !== null) codec.write(writer, value);
    },
    read: (reader) => (reader.uint32() === 0 ? null : codec.read(reader)),
  };
}

export function list<T>(codec: Codec<T>, maximum: number): Codec<readonly T[]> {
  return {
    shape: `${codec.shape}<${maximum}>`,
    minimumSize: 4,
    write: (writer, values) => {
      if (values.length > maximum) {
        throw new LibvirtProtocolError(
          `${values.length} elements are more than the ${maximum} that libvirt takes`,
        );
      }
      writer.uint32(values.length);
      for (const value of values) codec.write(writer, value);
    },
    read: (reader) => {
      const count = reader.count(maximum, codec.minimumSize);
      const values: T[] = [];
      for (let index = 0; index < count; index += 1) values.push(codec.read(reader));
      return values;
    },
  };
}

/** `char name[size]`: text as one four-byte integer per character, ended by a zero. */
export function characterArray(size: number): Codec<string> {
  return {
    shape: `char[${size}]`,
    minimumSize: size * 4,
    write: (writer, value) => {
      const bytes = Buffer.from(value, 'utf8');
      for (let index = 0; index < size; index += 1) writer.int32(bytes[index] ?? 0);
    },
    read: (reader) => {
      const bytes = Buffer.from(Array.from({ length: size }, () => reader.int32()));
      const end = bytes.indexOf(0);
      return bytes.toString('utf8', 0, end === -1 ? size : end);
    },
  };
}

export type Fields = Readonly<Record<string, Codec<unknown>>>;
type ValueOf<C> = C extends Codec<infer T> ? T : never;
export type Values<F extends Fields> = { readonly [K in keyof F]: ValueOf<F[K]> };

/** A struct; its fields are written in the order given. */
export function struct<F extends Fields>(fields: F): Codec<Values<F>> {
  const entries = Object.entries(fields);
  return {
    shape: `{${entries.map(([name, codec]) => `${name}:${codec.shape}`).join(',')}}`,
    minimumSize: entries.reduce((sum, [, codec]) => sum + codec.minimumSize, 0),
    write: (writer, value) => {
      for (const [name, codec] of entries) codec.write(writer, value[name]);
    },
    read: (reader) => {
      const value: Record<string, unknown> = {};
      for (const [name, codec] of entries) value[name] = codec.read(reader);
      return value as Values<F>;
    },
  };
}
