import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { finished, pipeline } from 'node:stream/promises';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { LibvirtClient } from '../../../../internal/libvirt/client.ts';
import {
  LibvirtConnectionError,
  LibvirtError,
  LibvirtProtocolError,
  LibvirtTimeoutError,
} from '../../../../internal/libvirt/error.ts';
import { createRpcClient } from '../../../../internal/libvirt/rpc/client.ts';
import { messageStatus, messageType, program } from '../../../../internal/libvirt/rpc/wire/frame.ts';
import { connect } from '../../../../internal/libvirt/rpc/wire/procedures/connect.ts';
import { guests } from '../../../../internal/libvirt/rpc/wire/procedures/domain-guest.ts';
import { volumes } from '../../../../internal/libvirt/rpc/wire/procedures/storage.ts';
import { FakeLibvirtd, type FakeClient, type Request } from './fake-libvirtd.ts';

const vm = { name: 'vm', uuid: '00112233-4455-6677-8899-aabbccddeeff', id: 3 };
const volume = { pool: 'pool', name: 'disk', key: '/disk' };
const whole = { offset: 0n, length: 0n };

let server: FakeLibvirtd;
let client: LibvirtClient;

beforeEach(async () => {
  server = await FakeLibvirtd.start();
  client = createRpcClient({ uri: server.uri });
});

afterEach(async () => {
  await client.close();
  await server.remove();
});

/** Sends one packet of the stream that the request opened. */
function packet(from: FakeClient, request: Request, status: number, bytes?: string | Uint8Array): void {
  const { procedure, serial } = request;
  from.send({ procedure, serial, type: messageType.stream, status }, (writer) => {
    if (bytes !== undefined) writer.raw(Buffer.from(bytes));
  });
}

function streamRequests(): readonly Request[] {
  return server.clients.flatMap((one) => one.requests.filter(({ type }) => type === messageType.stream));
}

describe('download', () => {
  it('reads to the end, which the server confirms', async () => {
    server.on(volumes.download, (request, from) => {
      // The data is right behind the answer.
      from.socket.cork();
      from.reply(request.serial, volumes.download, {});
      packet(from, request, messageStatus.continue, 'first ');
      packet(from, request, messageStatus.continue, 'second');
      packet(from, request, messageStatus.continue);
      from.socket.uncork();
    });
    server.other = (request, from) => {
      if (request.status === messageStatus.ok) packet(from, request, messageStatus.ok);
    };
    const stream = await client.volumes.download(volume, whole);
    expect((await buffer(stream)).toString()).toBe('first second');
    expect(streamRequests().map(({ status }) => status)).toEqual([messageStatus.ok]);
  });

  it('rejects when the server finds at the end that it was not all right', async () => {
    server.on(volumes.download, (request, from) => {
      from.reply(request.serial, volumes.download, {});
      packet(from, request, messageStatus.continue, 'data');
      packet(from, request, messageStatus.continue);
    });
    server.other = ({ procedure, serial }, from) => {
      from.error({ procedure, serial, type: messageType.stream }, 38, 'disk failed');
    };
    const stream = await client.volumes.download(volume, whole);
    const error = await buffer(stream).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(LibvirtError);
    expect(error).toMatchObject({ code: 38, call: 'volumes.download' });
  });

  it('stops the server while nobody reads, and goes on afterwards', async () => {
    const chunk = Buffer.alloc(200_000, 'x');
    const chunks = 40;
    server.on(volumes.download, (request, from) => {
      from.reply(request.serial, volumes.download, {});
      for (let index = 0; index < chunks; index += 1) packet(from, request, messageStatus.continue, chunk);
      packet(from, request, messageStatus.continue);
    });
    server.other = (request, from) => {
      packet(from, request, messageStatus.ok);
    };
    const stream = await client.volumes.download(volume, whole);
    // The bytes that neither we nor the kernel took are still the server's.
    await once(stream, 'readable');
    await vi.waitFor(() => {
      expect(stream.readableLength).toBeGreaterThan(stream.readableHighWaterMark);
    });
    expect(server.clients[0]?.socket.writableLength).toBeGreaterThan(1_000_000);
    expect((await buffer(stream)).length).toBe(chunk.length * chunks);
  });

  it('that is given up is aborted and its connection ended', async () => {
    server.on(volumes.download, (request, from) => {
      from.reply(request.serial, volumes.download, {});
      packet(from, request, messageStatus.continue, 'data');
    });
    const stream = await client.volumes.download(volume, whole);
    for await (const bytes of stream) {
      expect(String(bytes)).toBe('data');
      break;
    }
    await vi.waitFor(() => {
      expect(streamRequests().map(({ status }) => status)).toEqual([messageStatus.error]);
      expect(server.clients[0]?.socket.closed).toBe(true);
    });
  });

  it('with a hole that was not asked for rejects', async () => {
    server.on(volumes.download, (request, from) => {
      const { procedure, serial } = request;
      from.reply(serial, volumes.download, {});
      from.send({ procedure, serial, type: messageType.streamHole, status: messageStatus.continue });
    });
    const read = async (): Promise<unknown> => buffer(await client.volumes.download(volume, whole));
    await expect(read()).rejects.toBeInstanceOf(LibvirtProtocolError);
  });

  it('whose connection is lost rejects', async () => {
    server.on(volumes.download, (request, from) => {
      from.reply(request.serial, volumes.download, {});
      packet(from, request, messageStatus.continue, 'data');
      from.socket.end();
    });
    const stream = await client.volumes.download(volume, whole);
    await expect(buffer(stream)).rejects.toBeInstanceOf(LibvirtConnectionError);
  });

  it('that fails with its first packet rejects already when it is opened, or when it is read', async () => {
    server.on(volumes.download, (request, from) => {
      from.socket.cork();
      from.reply(request.serial, volumes.download, {});
      from.error({ ...request, type: messageType.stream }, 38, 'disk failed');
      from.socket.uncork();
    });
    const read = async (): Promise<unknown> => buffer(await client.volumes.download(volume, whole));
    await expect(read()).rejects.toMatchObject({ code: 38 });
  });
});

describe('upload', () => {
  it('sends packets that every server takes, and finishes when the server has confirmed', async () => {
    server.answer(volumes.upload, {});
    let confirm: (() => void) | undefined;
    server.other = (request, from) => {
      if (request.status === messageStatus.ok) {
        confirm = () => packet(from, request, messageStatus.ok);
      }
    };
    const data = Buffer.alloc(700_000, 'y');
    const stream = await client.volumes.upload(volume, whole);
    let isFinished = false;
    stream.once('finish', () => {
      isFinished = true;
    });
    stream.end(data);
    await vi.waitFor(() => {
      expect(confirm).toBeTypeOf('function');
    });
    expect(isFinished).toBe(false);
    confirm?.();
    await finished(stream);
    const packets = streamRequests();
    expect(packets.map(({ payload }) => payload.length)).toEqual([262_120, 262_120, 175_760, 0]);
    expect(packets.every((one) => one.program === program.remote)).toBe(true);
    expect(Buffer.concat(packets.map(({ payload }) => payload)).equals(data)).toBe(true);
  });

  it('rejects with the error that the server reports', async () => {
    server.answer(volumes.upload, {});
    server.other = ({ procedure, serial }, from) => {
      from.error({ procedure, serial, type: messageType.stream }, 38, 'No space left on device');
    };
    const stream = await client.volumes.upload(volume, whole);
    const error = await pipeline(Readable.from([Buffer.alloc(1000)]), stream).catch(
      (reason: unknown) => reason,
    );
    expect(error).toMatchObject({ name: 'LibvirtError', code: 38, systemErrno: 28, call: 'volumes.upload' });
  });

  it('that libvirt refuses rejects when it is opened, and leaves no connection', async () => {
    server.on(volumes.upload, ({ serial }, from) => {
      from.error({ serial }, 50, 'no such volume');
    });
    await expect(client.volumes.upload(volume, whole)).rejects.toMatchObject({ code: 50 });
    await vi.waitFor(() => {
      expect(server.clients.every(({ socket }) => socket.closed)).toBe(true);
    });
  });

  it('that is not answered in time rejects, and leaves no connection', async () => {
    server.on(volumes.upload, () => undefined);
    const call = client.volumes.upload(volume, whole, { deadlineMs: 100 });
    await expect(call).rejects.toBeInstanceOf(LibvirtTimeoutError);
    await vi.waitFor(() => {
      expect(server.clients).toHaveLength(1);
      expect(server.clients.every(({ socket }) => socket.closed)).toBe(true);
    });
  });
});

describe('console', () => {
  let console_: Duplex;
  let opened: Request;
  let peer: FakeClient;

  beforeEach(async () => {
    server.on(guests.openConsole, (request, from) => {
      opened = request;
      peer = from;
      from.reply(request.serial, guests.openConsole, {});
    });
    console_ = await client.domains.openConsole(vm);
    console_.on('error', () => undefined); // closing the client ends the console with an error
  });

  it('carries bytes both ways', async () => {
    server.other = (request, from) => {
      packet(from, request, messageStatus.continue, `echo ${request.payload.toString()}`);
    };
    console_.write('ls\r');
    const [answer] = (await once(console_, 'data')) as [Buffer];
    expect(answer.toString()).toBe('echo ls\r');
  });

  it('has a connection of its own, without pings', async () => {
    server.answer(connect.getHostname, { hostname: 'here' });
    await client.host.hostname();
    expect(server.clients).toHaveLength(2);
    expect(peer.serialsOf(connect.supportsFeature)).toHaveLength(0);
  });

  it('ends when the other side has ended', async () => {
    packet(peer, opened, messageStatus.continue, 'bye');
    packet(peer, opened, messageStatus.continue);
    server.other = ({ procedure, serial }, from) => {
      from.error({ procedure, serial, type: messageType.stream }, 39, 'stream had unexpected termination');
    };
    expect((await buffer(console_)).toString()).toBe('bye');
    await finished(console_);
  });

  it('ended by us is finished, and the server confirms', async () => {
    server.other = (request, from) => {
      if (request.status === messageStatus.ok) packet(from, request, messageStatus.ok);
    };
    console_.resume();
    console_.end('exit\r');
    await finished(console_);
    expect(streamRequests().map(({ status }) => status)).toEqual([messageStatus.continue, messageStatus.ok]);
  });

  it('destroyed by us is aborted', async () => {
    console_.destroy();
    await vi.waitFor(() => {
      expect(streamRequests().map(({ status }) => status)).toEqual([messageStatus.error]);
    });
  });

  it('fails with the error of the server', async () => {
    const failure = once(console_, 'error');
    peer.error({ ...opened, type: messageType.stream }, 39, 'stream had I/O failure');
    const [error] = (await failure) as [unknown];
    expect(error).toMatchObject({ name: 'LibvirtError', code: 39 });
  });

  it('does not take packets of another stream', async () => {
    packet(peer, { ...opened, serial: opened.serial + 1 }, messageStatus.continue, 'not mine');
    packet(peer, opened, messageStatus.continue, 'mine');
    const [bytes] = (await once(console_, 'data')) as [Buffer];
    expect(bytes.toString()).toBe('mine');
  });

  it('ends with an error when the client is closed', async () => {
    const failure = once(console_, 'error');
    await client.close();
    const [error] = (await failure) as [unknown];
    expect(error).toBeInstanceOf(LibvirtConnectionError);
  });
});

it('a screenshot has its type and its bytes', async () => {
  server.on(guests.screenshot, (request, from) => {
    from.reply(request.serial, guests.screenshot, { mime: 'image/png' });
    packet(from, request, messageStatus.continue, 'PNG');
    packet(from, request, messageStatus.continue);
  });
  server.other = (request, from) => {
    packet(from, request, messageStatus.ok);
  };
  const { mime, image } = await client.domains.screenshot(vm, 0);
  expect(mime).toBe('image/png');
  expect((await buffer(image)).toString()).toBe('PNG');
});
