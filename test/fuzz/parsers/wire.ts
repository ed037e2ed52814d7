import fc from 'fast-check';
import { DeadlineWheel } from '../../../internal/libvirt/rpc/deadline.ts';
import { makeCall } from '../../../internal/libvirt/rpc/call.ts';
import { Connection } from '../../../internal/libvirt/rpc/connection.ts';
import { parseUri } from '../../../internal/libvirt/rpc/transport/uri.ts';
import type { TransportReceiver } from '../../../internal/libvirt/rpc/transport/transport.ts';
import { readError } from '../../../internal/libvirt/rpc/wire/error-reply.ts';
import { eventMessages } from '../../../internal/libvirt/rpc/wire/event-messages.ts';
import {
  encodeFrame,
  FrameSplitter,
  messageStatus,
  messageType,
  program,
} from '../../../internal/libvirt/rpc/wire/frame.ts';
import type { Procedure } from '../../../internal/libvirt/rpc/wire/procedure.ts';
import { connect } from '../../../internal/libvirt/rpc/wire/procedures/connect.ts';
import { guests, snapshots } from '../../../internal/libvirt/rpc/wire/procedures/domain-guest.ts';
import { domains } from '../../../internal/libvirt/rpc/wire/procedures/domain.ts';
import { networks } from '../../../internal/libvirt/rpc/wire/procedures/network.ts';
import { nodeDevices } from '../../../internal/libvirt/rpc/wire/procedures/node-device.ts';
import { nwfilters } from '../../../internal/libvirt/rpc/wire/procedures/nwfilter.ts';
import { secrets } from '../../../internal/libvirt/rpc/wire/procedures/secret.ts';
import { pools, volumes } from '../../../internal/libvirt/rpc/wire/procedures/storage.ts';
import { Reader } from '../../../internal/libvirt/rpc/xdr/reader.ts';
import { Writer } from '../../../internal/libvirt/rpc/xdr/writer.ts';
import { mutatedBytes, mutatedText } from '../generators/mutation.ts';
import { isRefusal, mayRefuse } from '../refusal.ts';
import { target, type FuzzTarget } from '../target.ts';

const all = [connect, guests, snapshots, domains, networks, nodeDevices, nwfilters, secrets, pools, volumes];
const procedures = all.flatMap((each) => Object.values(each) as readonly Procedure<unknown, unknown>[]);

function words(...parts: readonly (number | string)[]): Buffer {
  const writer = new Writer();
  writer.begin();
  for (const part of parts) {
    if (typeof part === 'number') writer.uint32(part);
    else writer.string(part, 1024);
  }
  return writer.take();
}

/** Answers and events in XDR: numbers, texts, lists of named objects, typed parameters, errors. */
const payloads: readonly Buffer[] = [
  words(1, 0, 1),
  words('web', 0x2e6827e4, 0x9b6b4a35, 0x9dc6c4a3, 0x77491d8b, 7),
  words(2, 'a', 1, 2, 3, 4, 5, 'b', 1, 2, 3, 4, 0xffffffff, 2),
  words(7, 'web', 1, 2, 3, 4, 7, 5, 0),
  words('<domain type="kvm"><name>web</name></domain>'),
  words(3, 'state.state', 1, 1, 'cpu.time', 4, 0, 99, 'block.0.name', 7, 'vda'),
  words(42, 10, 1, 'no domain', 2, 0, 0, 0, 0, 0, 0, 0, 0),
  words(0, 0xffffffff, 0x7fffffff, 0x80000000),
];
const payload = mutatedBytes(payloads);

const writer = new Writer();
const header = fc.record({
  program: fc.oneof(
    { weight: 5, arbitrary: fc.constantFrom(...Object.values(program)) },
    { weight: 1, arbitrary: fc.nat() },
  ),
  procedure: fc.oneof(
    fc.constantFrom(...eventMessages.map(({ number }) => number), ...procedures.map(({ number }) => number)),
    fc.nat(),
  ),
  type: fc.oneof(fc.constantFrom(...Object.values(messageType)), fc.nat()),
  serial: fc.nat({ max: 4 }),
  status: fc.oneof(fc.constantFrom(...Object.values(messageStatus)), fc.nat()),
});
const frame = fc
  .tuple(header, payload)
  .map(([head, bytes]) => encodeFrame(writer, head, (into) => into.raw(bytes)));
const stream = fc
  .tuple(
    fc.array(frame, { maxLength: 4 }),
    fc.option(fc.uint8Array({ maxLength: 40 })),
    fc.nat({ max: 2 ** 20 }),
    fc.nat({ max: 255 }),
  )
  .map(([frames, rubbish, at, by]) => {
    const bytes = Buffer.concat([...frames, rubbish ?? Buffer.alloc(0)]);
    // One byte may be another: of a length, a type, a status.
    if (bytes.length > 0 && by !== 0) bytes[at % bytes.length] = by;
    return bytes;
  });

/** A splitter holds what has arrived, never what a length announces. */
function split({ bytes, size }: { readonly bytes: Buffer; readonly size: number }): void {
  let handedOut = 0;
  const splitter = new FrameSplitter((_buffer, start, end) => (handedOut += end - start));
  try {
    for (let at = 0; at < bytes.length; at += size) splitter.push(bytes.subarray(at, at + size));
  } catch (error) {
    if (!isRefusal(error)) throw error;
  }
  if (handedOut > bytes.length) throw new Error('More was handed out than had come.');
}

/** Whatever a server sends, each call comes to an end, at the latest with its connection. */
async function converse({ bytes, size }: { readonly bytes: Buffer; readonly size: number }): Promise<void> {
  let peer: TransportReceiver | undefined;
  const connection = new Connection({
    start: (receiver) => (peer = receiver),
    write: (_bytes, written) => written?.(),
    pause: () => undefined,
    resume: () => undefined,
    destroy: () => undefined,
  });
  connection.receiver = {
    message: (_program, procedure, reader) => {
      try {
        eventMessages.find(({ number }) => number === procedure)?.read(reader);
      } catch (error) {
        if (!isRefusal(error)) throw error;
      }
    },
  };
  const surroundings = { deadlines: new DeadlineWheel() };
  const forever = { deadlineMs: Infinity };
  const list = { needResults: true, flags: 0 };
  const stats = { doms: [], stats: 0, flags: 0 };
  const settled = Promise.allSettled([
    makeCall('domains.list', domains.listAll, list, surroundings, forever, (call) => connection.send(call)),
    makeCall('domains.stats', guests.getAllDomainStats, stats, surroundings, forever, (call) =>
      connection.send(call),
    ),
  ]);
  for (let at = 0; at < bytes.length; at += size) peer?.data(bytes.subarray(at, at + size));
  peer?.closed(null);
  const failures = (await settled).flatMap((each) =>
    each.status === 'rejected' ? [each.reason as unknown] : [],
  );
  const strange = failures.find(
    (error) => !isRefusal(error) && (error as Error).name !== 'LibvirtConnectionError',
  );
  if (strange !== undefined) throw strange as Error;
}

const chunked = fc.record({ bytes: stream, size: fc.integer({ min: 1, max: 300 }) });

export const wireTargets: readonly FuzzTarget[] = [
  target(
    'XDR: answers of all calls',
    fc.tuple(fc.constantFrom(...procedures), payload),
    ([procedure, bytes]) => mayRefuse(() => procedure.result.read(new Reader(bytes))),
  ),
  target('XDR: events', fc.tuple(fc.constantFrom(...eventMessages), payload), ([message, bytes]) =>
    mayRefuse(() => message.read(new Reader(bytes))),
  ),
  target('XDR: errors', payload, (bytes) => mayRefuse(() => readError(new Reader(bytes), 'domains.xml'))),
  target('RPC: frames in chunks', chunked, split),
  target('RPC: a connection', chunked, converse),
  target(
    "libvirt's URIs",
    mutatedText([
      'qemu:///system',
      'qemu+ssh://root@host:22/system?socket=/run/x&keyfile=/root/k&no_verify=1',
      'qemu+tls://[::1]:16514/system?pkipath=/etc/pki&no_verify=0',
      'test+unix:///default?mode=direct',
    ]),
    (text) => mayRefuse(() => parseUri(text)),
  ),
];
