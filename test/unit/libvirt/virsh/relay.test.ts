import { mkdtemp, rm } from 'node:fs/promises';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { errorReply } from '../../../../internal/libvirt/rpc/wire/error-reply.ts';
import {
  encodeFrame,
  messageStatus,
  messageType,
  program,
} from '../../../../internal/libvirt/rpc/wire/frame.ts';
import { Writer } from '../../../../internal/libvirt/rpc/xdr/writer.ts';
import { openRelay, type Relay } from '../../../../internal/libvirt/virsh/relay.ts';

const lookupByName = 23;
const connectClose = 2;

let directory: string;
let libvirtd: net.Server;
/** What the stand-in for libvirtd does with each connection. */
let serve: (socket: net.Socket) => void;

beforeEach(async () => {
  directory = await mkdtemp(path.join(os.tmpdir(), 'protium-relay-test-'));
  libvirtd = net.createServer((socket) => {
    serve(socket);
  });
  await new Promise<void>((resolve) => libvirtd.listen(path.join(directory, 'libvirt'), resolve));
});

afterEach(async () => {
  libvirtd.close();
  await rm(directory, { recursive: true });
});

function open(onReply?: (procedure: number, ok: boolean) => void): Promise<Relay | null> {
  return openRelay({
    listenAt: path.join(directory, 'relay'),
    upstream: [path.join(directory, 'nobody'), path.join(directory, 'libvirt')],
    uri: (socket) => `qemu+unix:///system?socket=${socket}`,
    call: 'domains.lookupByName',
    onReply,
  });
}

function message(procedure: number, type: number, status: number): Buffer {
  const writer = new Writer();
  const header = { program: program.remote, procedure, type, serial: 1, status };
  return Buffer.from(
    encodeFrame(writer, header, (payload) => {
      if (status !== messageStatus.error) return;
      errorReply.write(payload, {
        code: 42,
        domain: 10,
        message: 'not here',
        level: 2,
        dom: null,
        str1: null,
        str2: null,
        str3: null,
        int1: -1,
        int2: -1,
        net: null,
      });
    }),
  );
}

const call = (procedure: number): Buffer => message(procedure, messageType.call, messageStatus.ok);

/** Sends the bytes through the relay and resolves with all that came back when it is closed. */
async function talk(bytes: readonly Buffer[]): Promise<Buffer> {
  const socket = net.connect(path.join(directory, 'relay'));
  const received: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => received.push(chunk));
  for (const part of bytes) socket.write(part);
  await new Promise((resolve) => socket.once('close', resolve));
  return Buffer.concat(received);
}

describe('the relay between virsh and libvirtd', () => {
  test('reads the error that passes, and changes no byte', async () => {
    const answer = message(lookupByName, messageType.reply, messageStatus.error);
    serve = (socket) => {
      socket.once('data', () => {
        // In two parts, as a stream may.
        socket.write(answer.subarray(0, 9));
        setImmediate(() => socket.end(answer.subarray(9)));
      });
    };
    const replies: unknown[] = [];
    const relay = await open((...reply) => replies.push(reply));
    expect(relay?.uri).toBe(`qemu+unix:///system?socket=${path.join(directory, 'relay')}`);
    expect(await talk([call(lookupByName), call(connectClose)])).toEqual(answer);
    expect(relay?.error).toMatchObject({
      code: 42,
      domain: 10,
      message: 'not here',
      call: 'domains.lookupByName',
    });
    expect(relay?.lost).toBe(false);
    expect(replies).toEqual([[lookupByName, false]]);
    relay?.close();
  });

  test('knows that libvirtd hung up in the midst of a call', async () => {
    serve = (socket) => {
      socket.once('data', () => socket.destroy());
    };
    const relay = await open();
    await talk([call(lookupByName)]);
    expect(relay).toMatchObject({ lost: true, error: null });
    relay?.close();
  });

  test('passes on what it cannot read', async () => {
    serve = (socket) => {
      socket.once('data', (chunk: Buffer) => socket.end(chunk));
    };
    const noise = Buffer.from('GET / HTTP/1.1\r\n\r\n');
    const relay = await open();
    expect(await talk([noise])).toEqual(noise);
    relay?.close();
  });

  test('is not there when nobody listens', async () => {
    await new Promise((resolve) => libvirtd.close(resolve));
    expect(await open()).toBeNull();
    libvirtd = net.createServer();
  });
});
