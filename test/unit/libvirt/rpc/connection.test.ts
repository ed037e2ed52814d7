import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  LibvirtConnectionError,
  LibvirtError,
  LibvirtProtocolError,
} from '../../../../internal/libvirt/error.ts';
import { makeCall } from '../../../../internal/libvirt/rpc/call.ts';
import { Connection } from '../../../../internal/libvirt/rpc/connection.ts';
import { DeadlineWheel } from '../../../../internal/libvirt/rpc/deadline.ts';
import type { TransportReceiver } from '../../../../internal/libvirt/rpc/transport/transport.ts';
import {
  encodeFrame,
  messageStatus,
  messageType,
  program,
} from '../../../../internal/libvirt/rpc/wire/frame.ts';
import { eventMessages } from '../../../../internal/libvirt/rpc/wire/event-messages.ts';
import { guests } from '../../../../internal/libvirt/rpc/wire/procedures/domain-guest.ts';
import { domains } from '../../../../internal/libvirt/rpc/wire/procedures/domain.ts';
import { Writer } from '../../../../internal/libvirt/rpc/xdr/writer.ts';

const writer = new Writer();
const surroundings = { deadlines: new DeadlineWheel() };
const forever = { deadlineMs: Infinity };

/** A connection whose peer is the test. */
function connectionOf(): { connection: Connection; peer: TransportReceiver } {
  let receiver: TransportReceiver | undefined;
  const connection = new Connection({
    start: (starting) => {
      receiver = starting;
    },
    write: (_bytes, written) => written?.(),
    pause: () => undefined,
    resume: () => undefined,
    destroy: () => undefined,
  });
  if (!receiver) throw new Error('the transport was not started');
  return { connection, peer: receiver };
}

const frames = fc.record({
  program: fc.oneof(fc.constantFrom(...Object.values(program)), fc.nat()),
  procedure: fc.oneof(fc.constantFrom(...eventMessages.map(({ number }) => number)), fc.nat()),
  type: fc.oneof(fc.constantFrom(...Object.values(messageType)), fc.nat()),
  serial: fc.nat({ max: 6 }),
  status: fc.oneof(fc.constantFrom(...Object.values(messageStatus)), fc.nat()),
  payload: fc.uint8Array({ maxLength: 120 }),
});

it('whatever the server sends, a call is answered, rejected by itself, or rejected with its connection', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(frames, { maxLength: 12 }),
      fc.option(fc.uint8Array({ maxLength: 40 })),
      fc.integer({ min: 1, max: 200 }),
      async (messages, rubbish, size) => {
        const { connection, peer } = connectionOf();
        const calls = [
          ...Array.from({ length: 3 }, () =>
            makeCall(
              'domains.list',
              domains.listAll,
              { needResults: true, flags: 0 },
              surroundings,
              forever,
              (call) => connection.send(call),
            ),
          ),
          makeCall(
            'domains.stats',
            guests.getAllDomainStats,
            { doms: [], stats: 0, flags: 0 },
            surroundings,
            forever,
            (call) => connection.send(call),
          ),
        ];
        const settled = Promise.allSettled(calls);
        const bytes = Buffer.concat([
          ...messages.map(({ payload, ...header }) =>
            encodeFrame(writer, header, (into) => {
              into.raw(payload);
            }),
          ),
          ...(rubbish ? [rubbish] : []),
        ]);
        for (let start = 0; start < bytes.length; start += size) {
          peer.data(bytes.subarray(start, start + size));
        }
        peer.closed(null);
        for (const one of await settled) {
          if (one.status === 'fulfilled') continue;
          expect([LibvirtError, LibvirtProtocolError, LibvirtConnectionError]).toContain(
            (one.reason as Error).constructor,
          );
        }
        expect(connection.inFlight).toBe(0);
      },
    ),
    { numRuns: 400 },
  );
});

it('takes the serials in turn, and each answer goes to its call', async () => {
  const { connection, peer } = connectionOf();
  const names = ['a', 'b', 'c'];
  const serials: (number | null)[] = [];
  const calls = names.map((name) =>
    makeCall('domains.lookupByName', domains.lookupByName, { name }, surroundings, forever, (call) =>
      serials.push(connection.send(call)),
    ),
  );
  expect(serials).toEqual([1, 2, 3]);
  for (const serial of [3, 1, 2]) {
    const dom = { name: names[serial - 1] ?? '', uuid: '00112233-4455-6677-8899-aabbccddeeff', id: null };
    peer.data(
      encodeFrame(
        writer,
        {
          program: program.remote,
          procedure: domains.lookupByName.number,
          type: messageType.reply,
          serial,
          status: messageStatus.ok,
        },
        (into) => {
          domains.lookupByName.result.write(into, { dom });
        },
      ),
    );
  }
  expect((await Promise.all(calls)).map(({ dom }) => dom.name)).toEqual(names);
});
