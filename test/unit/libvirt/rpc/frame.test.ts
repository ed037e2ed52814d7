import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LibvirtProtocolError } from '../../../../internal/libvirt/error.ts';
import {
  encodeFrame,
  FrameSplitter,
  messageStatus,
  messageType,
  program,
} from '../../../../internal/libvirt/rpc/wire/frame.ts';
import { Writer } from '../../../../internal/libvirt/rpc/xdr/writer.ts';

const writer = new Writer();

function frame(serial: number, payload: Uint8Array): Buffer {
  return encodeFrame(
    writer,
    { program: program.remote, procedure: 1, type: messageType.reply, serial, status: messageStatus.ok },
    (into) => {
      into.raw(payload);
    },
  );
}

/** Feeds the bytes in chunks of the given sizes, again and again, and returns the messages that came out. */
function split(bytes: Buffer, sizes: readonly number[]): readonly Buffer[] {
  const messages: Buffer[] = [];
  const splitter = new FrameSplitter((buffer, start, end) => {
    messages.push(Buffer.from(buffer.subarray(start, end)));
  });
  for (let offset = 0, turn = 0; offset < bytes.length; turn += 1) {
    const size = sizes[turn % sizes.length] ?? 1;
    splitter.push(bytes.subarray(offset, offset + size));
    offset += size;
  }
  return messages;
}

describe('encodeFrame', () => {
  it('writes length, program, version, procedure, type, serial and status', () => {
    expect(frame(7, Buffer.from('abcd')).toString('hex')).toBe(
      '00000020' + '20008086' + '00000001' + '00000001' + '00000001' + '00000007' + '00000000' + '61626364',
    );
  });

  it('refuses a message that is longer than libvirt takes', () => {
    expect(() => frame(1, new Uint8Array(33_554_433))).toThrow(LibvirtProtocolError);
  });
});

describe('FrameSplitter', () => {
  const payloads = fc.array(fc.uint8Array({ maxLength: 3000 }), { minLength: 1, maxLength: 12 });

  it('finds the same messages in pieces of one to seven bytes', () => {
    fc.assert(
      fc.property(
        payloads,
        fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 9 }),
        (all, sizes) => {
          const frames = all.map((payload, index) => frame(index, payload));
          expect(split(Buffer.concat(frames), sizes)).toEqual(frames);
        },
      ),
      { numRuns: 30 },
    );
  });

  it('finds the same messages in one chunk, and in large pieces', () => {
    fc.assert(
      fc.property(payloads, fc.integer({ min: 1, max: 5000 }), (all, size) => {
        const frames = all.map((payload, index) => frame(index, payload));
        const bytes = Buffer.concat(frames);
        expect(split(bytes, [bytes.length])).toEqual(frames);
        expect(split(bytes, [size])).toEqual(frames);
      }),
    );
  });

  it('gathers a message of many chunks', () => {
    const large = frame(1, Buffer.alloc(3_000_000, 'x'));
    const small = frame(2, Buffer.from('after'));
    const found = split(Buffer.concat([large, small, large]), [65_536]);
    expect(found.map((message) => message.length)).toEqual([large.length, small.length, large.length]);
    expect(Buffer.concat(found).equals(Buffer.concat([large, small, large]))).toBe(true);
  });

  it.each([0, 1, 27, 33_554_437, 0xff_ff_ff_ff])(
    'refuses the length %d before the message is there',
    (length) => {
      const bytes = Buffer.alloc(4);
      bytes.writeUInt32BE(length);
      expect(() => split(bytes, [4])).toThrow(LibvirtProtocolError);
      expect(() => split(bytes, [1])).toThrow(LibvirtProtocolError);
    },
  );
});
