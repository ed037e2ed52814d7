import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { LibvirtClient } from '../../../../internal/libvirt/client.ts';
import { LibvirtConnectionError } from '../../../../internal/libvirt/error.ts';
import { createRpcClient } from '../../../../internal/libvirt/rpc/client.ts';
import { messageType, program } from '../../../../internal/libvirt/rpc/wire/frame.ts';
import { connect, feature } from '../../../../internal/libvirt/rpc/wire/procedures/connect.ts';
import { argumentsOf, FakeLibvirtd } from './fake-libvirtd.ts';

const ping = 1;
const pong = 2;

let server: FakeLibvirtd;
let client: LibvirtClient;

beforeEach(async () => {
  server = await FakeLibvirtd.start();
  client = createRpcClient({ uri: server.uri, keepalive: { intervalMs: 15, count: 2 } });
});

afterEach(async () => {
  await client.close();
  await server.remove();
});

function keepalives(): readonly number[] {
  return server.clients
    .flatMap((one) => one.requests)
    .filter((request) => request.program === program.keepalive)
    .map(({ procedure }) => procedure);
}

describe('keepalive', () => {
  it('is asked for when the connection is opened', async () => {
    server.answer(connect.getHostname, { hostname: 'here' });
    await client.host.hostname();
    const asked = server.clients[0]?.requests.find(
      ({ procedure }) => procedure === connect.supportsFeature.number,
    );
    expect(asked && argumentsOf(connect.supportsFeature, asked)).toEqual({
      feature: feature.programKeepalive,
    });
  });

  it("answers the server's pings", async () => {
    server.answer(connect.supportsFeature, { supported: false });
    server.on(connect.getHostname, ({ serial }, from) => {
      from.send({ program: program.keepalive, procedure: ping, type: messageType.message });
      from.reply(serial, connect.getHostname, { hostname: 'here' });
    });
    await client.host.hostname();
    await vi.waitFor(() => {
      expect(keepalives()).toEqual([pong]);
    });
  });

  it('keeps a silent connection whose server answers', async () => {
    server.answer(connect.getHostname, { hostname: 'here' });
    server.other = ({ program: from, procedure }, one) => {
      if (from !== program.keepalive || procedure !== ping) return;
      one.send({ program: program.keepalive, procedure: pong, type: messageType.message });
    };
    await client.host.hostname();
    await vi.waitFor(() => {
      expect(keepalives().length).toBeGreaterThan(4);
    });
    expect(await client.host.hostname()).toBe('here');
    expect(server.clients).toHaveLength(1);
  });

  it('gives up a connection whose server does not answer, and the calls on it', async () => {
    server.on(connect.getHostname, () => undefined);
    const call = client.host.hostname();
    await expect(call).rejects.toBeInstanceOf(LibvirtConnectionError);
    await expect(call).rejects.toThrow('2 pings');
    expect(keepalives()).toEqual([ping, ping]);
  });

  it('sends no pings to a server without it', async () => {
    server.answer(connect.supportsFeature, { supported: false });
    let answer: (() => void) | undefined;
    server.on(connect.getHostname, ({ serial }, from) => {
      answer = () => from.reply(serial, connect.getHostname, { hostname: 'here' });
    });
    const call = client.host.hostname();
    await expect(client.host.sysinfo({ deadlineMs: 120 })).rejects.toThrow();
    answer?.();
    expect(await call).toBe('here');
    expect(keepalives()).toEqual([]);
  });
});
