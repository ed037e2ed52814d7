import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { LibvirtConnectionError } from '../../../../internal/libvirt/error.ts';
import { makeCall } from '../../../../internal/libvirt/rpc/call.ts';
import { DeadlineWheel } from '../../../../internal/libvirt/rpc/deadline.ts';
import { openConnection } from '../../../../internal/libvirt/rpc/handshake.ts';
import { Lane } from '../../../../internal/libvirt/rpc/lane.ts';
import { parseUri } from '../../../../internal/libvirt/rpc/transport/uri.ts';
import { connect } from '../../../../internal/libvirt/rpc/wire/procedures/connect.ts';
import { FakeLibvirtd } from './fake-libvirtd.ts';

const surroundings = { deadlines: new DeadlineWheel() };

let server: FakeLibvirtd;
let lane: Lane;

beforeEach(async () => {
  server = await FakeLibvirtd.start();
  server.answer(connect.getHostname, { hostname: 'here' });
});

afterEach(async () => {
  await lane.close(new LibvirtConnectionError('closed'));
  await server.remove();
});

function makeLane(options: { maximumConnections: number; keptConnections: number }): Lane {
  return new Lane({
    open: () =>
      openConnection({
        uri: parseUri(server.uri),
        keepalive: null,
        signal: new AbortController().signal,
        surroundings,
      }),
    idleMs: 20,
    ...options,
  });
}

function hostname(): Promise<{ readonly hostname: string }> {
  return makeCall('host.hostname', connect.getHostname, {}, surroundings, { deadlineMs: 10_000 }, (call) => {
    lane.submit(call);
  });
}

function open(): number {
  return server.clients.filter(({ socket }) => !socket.closed).length;
}

describe('idle connections', () => {
  it('are closed but for those that are kept, and opened again when they are needed', async () => {
    lane = makeLane({ maximumConnections: 3, keptConnections: 1 });
    await Promise.all(Array.from({ length: 12 }, hostname));
    expect(server.clients).toHaveLength(3);
    await vi.waitFor(() => {
      expect(open()).toBe(1);
    });
    expect(server.clients.filter((one) => one.serialsOf(connect.close).length === 1)).toHaveLength(2);
    await Promise.all(Array.from({ length: 12 }, hostname));
    expect(server.clients).toHaveLength(5);
  });

  it('are all closed when none is kept', async () => {
    lane = makeLane({ maximumConnections: 1, keptConnections: 0 });
    await hostname();
    await vi.waitFor(() => {
      expect(open()).toBe(0);
    });
    expect(await hostname()).toEqual({ hostname: 'here' });
  });

  it('with a call in flight are not idle', async () => {
    lane = makeLane({ maximumConnections: 2, keptConnections: 0 });
    let answer: (() => void) | undefined;
    server.on(connect.getHostname, ({ serial }, from) => {
      answer = () => from.reply(serial, connect.getHostname, { hostname: 'late' });
    });
    const call = hostname();
    await vi.waitFor(() => {
      expect(answer).toBeTypeOf('function');
    });
    // Another lane's connections come and go several times meanwhile.
    const held = lane;
    lane = makeLane({ maximumConnections: 1, keptConnections: 0 });
    const late = answer;
    server.answer(connect.getHostname, { hostname: 'here' });
    for (let turn = 0; turn < 3; turn += 1) {
      await hostname();
      await vi.waitFor(() => {
        expect(open()).toBe(1);
      });
    }
    late?.();
    expect(await call).toEqual({ hostname: 'late' });
    await held.close(new LibvirtConnectionError('closed'));
  });

  it('stay when something lives only as long as they', async () => {
    lane = makeLane({ maximumConnections: 1, keptConnections: 0 });
    lane.pin();
    await hostname();
    const pinned = lane;
    lane = makeLane({ maximumConnections: 1, keptConnections: 0 });
    await hostname();
    await vi.waitFor(() => {
      expect(server.clients[1]?.socket.closed).toBe(true);
    });
    expect(server.clients[0]?.socket.closed).toBe(false);
    await pinned.close(new LibvirtConnectionError('closed'));
  });
});

describe('an opening that fails', () => {
  it('rejects what waits, if there is no other connection', async () => {
    lane = makeLane({ maximumConnections: 2, keptConnections: 1 });
    await server.stop();
    const calls = await Promise.allSettled(Array.from({ length: 9 }, hostname));
    expect(calls.map(({ status }) => status)).toEqual(Array.from({ length: 9 }, () => 'rejected'));
  });

  it('leaves what waits to the other connection', async () => {
    lane = makeLane({ maximumConnections: 2, keptConnections: 1 });
    await hostname();
    server.on(connect.open, ({ serial }, from) => {
      from.error({ serial }, 38, 'no more clients');
    });
    const calls = await Promise.all(Array.from({ length: 9 }, hostname));
    expect(calls).toHaveLength(9);
  });
});
