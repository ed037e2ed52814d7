import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LibvirtProtocolError } from '../../../../internal/libvirt/error.ts';
import {
  domain,
  network,
  nodeDevice,
  pool,
  secret,
  snapshot,
  volume,
} from '../../../../internal/libvirt/rpc/wire/objects.ts';
import { errorReply } from '../../../../internal/libvirt/rpc/wire/error-reply.ts';
import {
  toRecord,
  typedParameters,
  type TypedParameter,
} from '../../../../internal/libvirt/rpc/wire/typed-parameters.ts';
import {
  characterArray,
  countedHyper,
  double,
  flag,
  hyper,
  int,
  list,
  opaque,
  optional,
  string,
  struct,
  unsignedHyper,
  unsignedInt,
  uuid,
  type Codec,
} from '../../../../internal/libvirt/rpc/xdr/codec.ts';
import { Reader } from '../../../../internal/libvirt/rpc/xdr/reader.ts';
import { Writer } from '../../../../internal/libvirt/rpc/xdr/writer.ts';

function encode<T>(codec: Codec<T>, value: T): Buffer {
  const writer = new Writer();
  writer.begin();
  codec.write(writer, value);
  return writer.take();
}

function decode<T>(codec: Codec<T>, bytes: Uint8Array): T {
  return codec.read(new Reader(Buffer.from(bytes)));
}

const text = fc.string({ unit: 'grapheme' }).filter((value) => !value.includes('\0'));
const uuids = fc.uuid();
const int32 = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
const uint32 = fc.integer({ min: 0, max: 2 ** 32 - 1 });
const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
const uint64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
const domains = fc.record({
  name: text,
  uuid: uuids,
  id: fc.option(fc.integer({ min: 0, max: 2 ** 31 - 1 })),
});
const parameters: fc.Arbitrary<TypedParameter> = fc.oneof(
  fc.record({ field: text, type: fc.constant('int' as const), value: int32 }),
  fc.record({ field: text, type: fc.constant('unsigned int' as const), value: uint32 }),
  fc.record({ field: text, type: fc.constant('hyper' as const), value: int64 }),
  fc.record({ field: text, type: fc.constant('unsigned hyper' as const), value: uint64 }),
  fc.record({ field: text, type: fc.constant('double' as const), value: fc.double() }),
  fc.record({ field: text, type: fc.constant('boolean' as const), value: fc.boolean() }),
  fc.record({ field: text, type: fc.constant('string' as const), value: text }),
);

describe('what is written is read back', () => {
  function roundTrip<T>(name: string, codec: Codec<T>, values: fc.Arbitrary<T>): void {
    it(name, () => {
      fc.assert(
        fc.property(values, (value) => {
          const bytes = encode(codec, value);
          expect(bytes.length % 4).toBe(0);
          expect(bytes.length).toBeGreaterThanOrEqual(codec.minimumSize);
          const reader = new Reader(bytes);
          expect(codec.read(reader)).toEqual(value);
          expect(reader.remaining).toBe(0);
        }),
      );
    });
  }

  roundTrip('int', int, int32);
  roundTrip('unsigned int', unsignedInt, uint32);
  roundTrip('flag', flag, fc.boolean());
  roundTrip('hyper', hyper, int64);
  roundTrip('unsigned hyper', unsignedHyper, uint64);
  roundTrip('counted hyper', countedHyper, fc.maxSafeNat());
  roundTrip('double', double, fc.double());
  roundTrip('string', string, text);
  roundTrip('uuid', uuid, uuids);
  roundTrip('opaque', opaque(100), fc.uint8Array({ maxLength: 100 }));
  roundTrip('optional', optional(string), fc.option(text));
  roundTrip('list', list(string, 50), fc.array(text, { maxLength: 50 }));
  roundTrip(
    'struct',
    struct({ a: int, b: string, c: optional(hyper) }),
    fc.record({ a: int32, b: text, c: fc.option(int64) }),
  );
  roundTrip(
    'character array',
    characterArray(32),
    fc.string({
      unit: fc.integer({ min: 1, max: 127 }).map((code) => String.fromCharCode(code)),
      maxLength: 31,
    }),
  );
  roundTrip('domain', domain, domains);
  roundTrip('network', network, fc.record({ name: text, uuid: uuids }));
  roundTrip('pool', pool, fc.record({ name: text, uuid: uuids }));
  roundTrip('volume', volume, fc.record({ pool: text, name: text, key: text }));
  roundTrip('node device', nodeDevice, fc.record({ name: text }));
  roundTrip('snapshot', snapshot, fc.record({ name: text, domain: domains }));
  roundTrip(
    'secret',
    secret,
    fc.record({
      uuid: uuids,
      usageType: fc.constantFrom(
        'none' as const,
        'volume' as const,
        'ceph' as const,
        'iscsi' as const,
        'tls' as const,
        'vtpm' as const,
      ),
      usageId: text,
    }),
  );
  roundTrip('typed parameters', typedParameters(20), fc.array(parameters, { maxLength: 20 }));
});

describe('the bytes on the wire', () => {
  it('are big-endian and padded to four bytes', () => {
    expect(encode(string, 'abcde').toString('hex')).toBe('00000005' + '6162636465' + '000000');
    expect(encode(hyper, -2n).toString('hex')).toBe('fffffffffffffffe');
    expect(encode(optional(int), null).toString('hex')).toBe('00000000');
    expect(encode(optional(int), 7).toString('hex')).toBe('0000000100000007');
  });

  it('of a domain are name, uuid and id, -1 while it is not active', () => {
    const bytes = encode(domain, { name: 'vm', uuid: '00112233-4455-6677-8899-aabbccddeeff', id: null });
    expect(bytes.toString('hex')).toBe(
      '00000002' + '766d0000' + '00112233445566778899aabbccddeeff' + 'ffffffff',
    );
  });

  it('of a typed parameter carry its type', () => {
    const bytes = encode(typedParameters(4), [{ field: 'n', type: 'unsigned hyper', value: 1n }]);
    expect(bytes.toString('hex')).toBe(
      '00000001' + '00000001' + '6e000000' + '00000004' + '0000000000000001',
    );
  });
});

describe('hostile bytes', () => {
  const codecs: readonly Codec<unknown>[] = [
    domain,
    snapshot,
    secret,
    errorReply,
    uuid,
    characterArray(32),
    opaque(2 ** 32 - 1),
    list(domain, 16_384),
    list(list(string, 2 ** 31), 2 ** 31),
    typedParameters(262_144),
  ];

  it('throw a protocol error, or are a value', () => {
    fc.assert(
      fc.property(fc.constantFrom(...codecs), fc.uint8Array({ maxLength: 200 }), (codec, bytes) => {
        try {
          decode(codec, bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(LibvirtProtocolError);
        }
      }),
      { numRuns: 3000 },
    );
  });

  it('of a valid value cut off anywhere throw a protocol error', () => {
    fc.assert(
      fc.property(domains, fc.nat(), (value, cut) => {
        const bytes = encode(domain, value);
        expect(() => decode(domain, bytes.subarray(0, cut % bytes.length))).toThrow(LibvirtProtocolError);
      }),
    );
  });

  it.each([
    ['a string longer than the message', string, 'ffffffff'],
    ['a string without its padding', string, '0000000161'],
    ['a list longer than the message', list(int, 1000), '000003e8' + '00000001'],
    ['a list longer than allowed', list(int, 1), '00000002' + '0000000100000001'],
    ['bytes longer than allowed', opaque(3), '00000004' + '61626364'],
    [
      'a typed parameter of an unknown type',
      typedParameters(4),
      '00000001' + '00000001' + '6e000000' + '00000008' + '00000001',
    ],
    ['a number that is not safe', countedHyper, 'ffffffffffffffff'],
  ])('%s throws a protocol error', (_what, codec: Codec<unknown>, bytes) => {
    expect(() => decode(codec, Buffer.from(bytes, 'hex'))).toThrow(LibvirtProtocolError);
  });

  it('cannot make the reader allocate for elements that are not there', () => {
    const announced = Buffer.from('7fffffff', 'hex');
    expect(() => decode(list(struct({ a: hyper, b: hyper }), 2 ** 31), announced)).toThrow(
      LibvirtProtocolError,
    );
  });
});

describe('values that the protocol does not take', () => {
  it.each([
    ['a string with a NUL', string, 'a\0b'],
    ['a string longer than libvirt takes', string, 'x'.repeat(4_194_305)],
    ['a string whose bytes are more than libvirt takes', string, 'é'.repeat(2_097_153)],
    ['bytes that are too many', opaque(3), new Uint8Array(4)],
    ['elements that are too many', list(int, 1), [1, 2]],
    ['no uuid', uuid, 'not-a-uuid'],
  ])('%s throws', (_what, codec: Codec<unknown>, value) => {
    expect(() => encode(codec, value)).toThrow(LibvirtProtocolError);
  });
});

it('typed parameters become a record that no name can break', () => {
  const record = toRecord([
    { field: '__proto__', type: 'int', value: 1 },
    { field: 'cpu.time', type: 'unsigned hyper', value: 5n },
  ]);
  expect(Object.entries(record)).toEqual([
    ['__proto__', 1],
    ['cpu.time', 5n],
  ]);
  expect(Object.getPrototypeOf(record)).toBe(Object.prototype);
});

it('what was read does not change with the buffer it was read from', () => {
  const codec = struct({ name: string, bytes: opaque(10), id: uuid });
  const value = {
    name: 'name',
    bytes: new Uint8Array([1, 2, 3]),
    id: '00112233-4455-6677-8899-aabbccddeeff',
  };
  const buffer = encode(codec, value);
  const read = decodeInPlace(codec, buffer);
  buffer.fill(0xff);
  expect(read).toEqual(value);
});

function decodeInPlace<T>(codec: Codec<T>, buffer: Buffer): T {
  return codec.read(new Reader(buffer));
}
