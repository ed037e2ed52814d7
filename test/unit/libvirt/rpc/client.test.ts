import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { CallReport } from '../../../../internal/libvirt/call-report.ts';
import type { LibvirtClient } from '../../../../internal/libvirt/client.ts';
import {
  LibvirtConnectionError,
  LibvirtError,
  LibvirtProtocolError,
  LibvirtTimeoutError,
} from '../../../../internal/libvirt/error.ts';
import { createRpcClient } from '../../../../internal/libvirt/rpc/client.ts';
import { messageType, program } from '../../../../internal/libvirt/rpc/wire/frame.ts';
import { connect } from '../../../../internal/libvirt/rpc/wire/procedures/connect.ts';
import { domains } from '../../../../internal/libvirt/rpc/wire/procedures/domain.ts';
import { argumentsOf, FakeLibvirtd, type FakeClient } from './fake-libvirtd.ts';

const vm = { name: 'vm', uuid: '00112233-4455-6677-8899-aabbccddeeff', id: 3 };

let server: FakeLibvirtd;
let client: LibvirtClient;
let reports: CallReport[];

beforeEach(async () => {
  server = await FakeLibvirtd.start();
  reports = [];
  client = createRpcClient({ uri: server.uri, observe: (report) => reports.push(report) });
});

afterEach(async () => {
  await client.close();
  await server.remove();
});

/** Waits until so many calls of the procedure have come, over all connections. */
async function received(procedure: { readonly number: number }, count: number): Promise<void> {
  await vi.waitFor(() => {
    expect(server.clients.flatMap((one) => one.serialsOf(procedure))).toHaveLength(count);
  });
}

function onlyClient(): FakeClient {
  const [one] = server.clients;
  if (!one) throw new Error('nobody is connected');
  return one;
}

describe('a call', () => {
  it('opens the connection first, with the URI of the driver', async () => {
    expect(server.clients).toHaveLength(0);
    server.answer(connect.getHostname, { hostname: 'here' });
    expect(await client.host.hostname()).toBe('here');
    const calls = onlyClient().requests.map(({ procedure }) => procedure);
    expect(calls).toEqual([
      connect.authList.number,
      connect.supportsFeature.number,
      connect.open.number,
      connect.getHostname.number,
    ]);
    const opening = onlyClient().requests.find(({ procedure }) => procedure === connect.open.number);
    expect(opening && argumentsOf(connect.open, opening)).toEqual({ name: 'qemu:///system', flags: 0 });
  });

  it('carries its arguments and returns what was answered', async () => {
    let asked: unknown;
    server.on(domains.listAll, (request, from) => {
      asked = argumentsOf(domains.listAll, request);
      from.reply(request.serial, domains.listAll, { domains: [vm], ret: 1 });
    });
    expect(await client.domains.list({ active: true, persistent: false })).toEqual([vm]);
    expect(asked).toEqual({ needResults: true, flags: 1 | 8 });
  });

  it('rejects with the code, domain, level and text that libvirt reported', async () => {
    server.on(domains.defineXmlFlags, ({ serial }, from) => {
      from.error({ serial }, 35, 'no such element');
    });
    const error = await client.domains.define('<domain/>').catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(LibvirtError);
    expect(error).toMatchObject({
      code: 35,
      domain: 10,
      level: 2,
      message: 'no such element',
      call: 'domains.define',
      systemErrno: null,
    });
  });

  it("carries the system's error number of a system error", async () => {
    server.on(domains.restore, ({ serial }, from) => {
      from.error({ serial }, 38, null);
    });
    await expect(client.domains.restore('/x')).rejects.toMatchObject({ code: 38, systemErrno: 28 });
  });

  it('with an argument that the protocol does not take rejects as libvirt itself would', async () => {
    const expected = { name: 'LibvirtError', code: 8 };
    await expect(client.domains.lookupByName('a\0b')).rejects.toMatchObject(expected);
    await expect(client.domains.lookupByUuid('a')).rejects.toMatchObject(expected);
    await expect(client.domains.setVcpus(vm, -1, {})).rejects.toMatchObject(expected);
    await expect(client.domains.pinVcpu(vm, 0, [-1], {})).rejects.toMatchObject(expected);
  });

  it('whose answer cannot be read rejects alone', async () => {
    server.on(domains.getXmlDesc, ({ serial, procedure }, from) => {
      from.send({ serial, procedure }, (writer) => writer.uint32(0xff_ff_ff_ff));
    });
    server.answer(connect.getHostname, { hostname: 'here' });
    await expect(client.domains.xml(vm)).rejects.toBeInstanceOf(LibvirtProtocolError);
    expect(await client.host.hostname()).toBe('here');
    expect(server.clients).toHaveLength(1);
  });

  it('is reported with its outcome', async () => {
    server.answer(connect.getHostname, { hostname: 'here' });
    server.on(domains.getState, ({ serial }, from) => {
      from.error({ serial }, 42, 'Domain not found');
    });
    server.on(domains.getInfo, () => undefined);
    await client.host.hostname();
    await expect(client.domains.state(vm)).rejects.toThrow('Domain not found');
    await expect(client.domains.info(vm, { deadlineMs: 30 })).rejects.toBeInstanceOf(LibvirtTimeoutError);
    await server.stop();
    await expect(client.host.hostname()).rejects.toBeInstanceOf(LibvirtConnectionError);
    expect(reports.map(({ call, outcome, code }) => ({ call, outcome, code }))).toEqual([
      { call: 'host.hostname', outcome: 'ok', code: undefined },
      { call: 'domains.state', outcome: 'error', code: 42 },
      { call: 'domains.info', outcome: 'timeout', code: undefined },
      { call: 'host.hostname', outcome: 'disconnected', code: undefined },
    ]);
    expect(reports.every(({ durationMs }) => durationMs >= 0)).toBe(true);
  });
});

describe('messages that answer nothing', () => {
  it('are passed over', async () => {
    server.on(connect.getHostname, ({ serial }, from) => {
      from.send({ serial: 9999 });
      from.send({ type: messageType.message, procedure: 9999 });
      from.send({ type: 77, procedure: 1 });
      from.send({ program: 0x12345678, type: messageType.message });
      from.send({ program: program.keepalive, type: messageType.message, procedure: 9 });
      from.send({ type: messageType.stream, status: 99, serial: 5 });
      from.reply(serial, connect.getHostname, { hostname: 'here' });
    });
    expect(await client.host.hostname()).toBe('here');
    expect(await client.host.hostname()).toBe('here');
    expect(server.clients).toHaveLength(1);
  });

  it('of an unknown status reject the call', async () => {
    server.on(connect.getHostname, ({ serial }, from) => {
      from.send({ serial, status: 55 });
    });
    await expect(client.host.hostname()).rejects.toBeInstanceOf(LibvirtProtocolError);
  });

  it('with an unknown number in an enumeration reject the call, or have a neutral name', async () => {
    server.answer(domains.getState, { state: 99, reason: 1 });
    expect(await client.domains.state(vm)).toEqual({ state: 'nostate', reason: 1 });
  });
});

describe('a length that is not possible', () => {
  it('ends that connection; the next call has a new one', async () => {
    server.on(domains.getXmlDesc, (_request, from) => {
      from.socket.write(Buffer.from('ffffffff', 'hex'));
    });
    server.answer(connect.getHostname, { hostname: 'here' });
    await expect(client.domains.xml(vm)).rejects.toBeInstanceOf(LibvirtProtocolError);
    expect(await client.host.hostname()).toBe('here');
    expect(server.clients).toHaveLength(2);
  });
});

describe('many calls', () => {
  it('are at most four at a time on one connection, on at most four connections, first come first served', async () => {
    server.on(domains.getXmlDesc, () => undefined);
    const calls = Array.from({ length: 20 }, (_, index) => client.domains.xml({ ...vm, name: `vm${index}` }));
    await received(domains.getXmlDesc, 16);
    expect(server.clients.map((one) => one.serialsOf(domains.getXmlDesc).length)).toEqual([4, 4, 4, 4]);

    server.on(domains.getXmlDesc, (request, from) => {
      const { dom } = argumentsOf(domains.getXmlDesc, request);
      from.reply(request.serial, domains.getXmlDesc, { xml: `<${dom.name}/>` });
    });
    for (const from of server.clients) {
      for (const request of from.requests.filter(
        ({ procedure }) => procedure === domains.getXmlDesc.number,
      )) {
        server.handlers.get(domains.getXmlDesc.number)?.(request, from);
      }
    }
    expect(await Promise.all(calls)).toEqual(calls.map((_, index) => `<vm${index}/>`));
    const order = server.clients
      .flatMap((from) => from.requests)
      .filter(({ procedure }) => procedure === domains.getXmlDesc.number)
      .map((request) => argumentsOf(domains.getXmlDesc, request).dom.name);
    expect(new Set(order.slice(0, 16)).size).toBe(16);
    expect(server.clients).toHaveLength(4);
  });

  it('that take long have their own connections', async () => {
    server.on(domains.createWithFlags, () => undefined);
    server.answer(connect.getHostname, { hostname: 'here' });
    const starts = Array.from({ length: 30 }, () => client.domains.create(vm));
    const settled = Promise.allSettled(starts);
    await received(domains.createWithFlags, 12);
    expect(await client.host.hostname()).toBe('here');
    expect(server.clients).toHaveLength(4);
    await client.close();
    expect((await settled).map(({ status }) => status)).toEqual(starts.map(() => 'rejected'));
  });

  it('in one chunk of bytes each find their answer', async () => {
    const waiting: { serial: number; from: FakeClient }[] = [];
    server.on(domains.isPersistent, ({ serial }, from) => {
      waiting.push({ serial, from });
      if (waiting.length < 4) return;
      from.socket.cork();
      for (const one of waiting.reverse()) {
        one.from.reply(one.serial, domains.isPersistent, { persistent: one.serial % 2 === 0 });
      }
      from.socket.uncork();
    });
    const answers = await Promise.all(Array.from({ length: 4 }, () => client.domains.isPersistent(vm)));
    const serials = onlyClient().serialsOf(domains.isPersistent);
    expect(answers).toEqual(serials.map((serial) => serial % 2 === 0));
  });
});

describe('a deadline', () => {
  it('rejects the call; the late answer is passed over', async () => {
    let late: (() => void) | undefined;
    server.on(domains.getXmlDesc, ({ serial }, from) => {
      late = () => from.reply(serial, domains.getXmlDesc, { xml: '<late/>' });
    });
    server.answer(connect.getHostname, { hostname: 'here' });
    const error = await client.domains.xml(vm, {}, { deadlineMs: 30 }).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(LibvirtTimeoutError);
    expect(error).toMatchObject({ call: 'domains.xml', deadlineMs: 30 });
    late?.();
    expect(await client.host.hostname()).toBe('here');
    expect(server.clients).toHaveLength(1);
  });

  it('rejects a call that is still in the queue, and it is never sent', async () => {
    server.on(domains.getXmlDesc, () => undefined);
    const sent = Promise.allSettled(Array.from({ length: 16 }, () => client.domains.xml(vm)));
    await received(domains.getXmlDesc, 16);
    await expect(client.domains.info(vm, { deadlineMs: 30 })).rejects.toBeInstanceOf(LibvirtTimeoutError);
    for (const { socket } of server.clients) socket.destroy();
    await sent;
    server.answer(connect.getHostname, { hostname: 'here' });
    await client.host.hostname();
    expect(server.clients.flatMap((from) => from.serialsOf(domains.getInfo))).toHaveLength(0);
  });

  it('of all calls on a connection passed: the connection is given up and replaced', async () => {
    server.on(domains.getXmlDesc, () => undefined);
    server.answer(connect.getHostname, { hostname: 'here' });
    const hung = Array.from({ length: 16 }, () => client.domains.xml(vm, {}, { deadlineMs: 200 }));
    const settled = await Promise.allSettled(hung);
    expect(settled.every(({ status }) => status === 'rejected')).toBe(true);
    expect(await client.host.hostname()).toBe('here');
  });
});

describe('an abort', () => {
  it('rejects the call with its reason', async () => {
    server.on(domains.getXmlDesc, () => undefined);
    const controller = new AbortController();
    const call = client.domains.xml(vm, {}, { signal: controller.signal });
    await received(domains.getXmlDesc, 1);
    controller.abort(new Error('not wanted any more'));
    await expect(call).rejects.toThrow('not wanted any more');
  });

  it('before the call keeps it from being sent', async () => {
    const signal = AbortSignal.abort(new Error('too late'));
    await expect(client.host.hostname({ signal })).rejects.toThrow('too late');
    expect(server.clients).toHaveLength(0);
  });
});

describe('a lost connection', () => {
  it('rejects the calls in flight; those in the queue go to the next connection', async () => {
    server.on(domains.getXmlDesc, () => undefined);
    const sent = Array.from({ length: 16 }, () => client.domains.xml(vm));
    const settled = Promise.allSettled(sent);
    await received(domains.getXmlDesc, 16);
    const waiting = client.host.hostname();
    server.answer(connect.getHostname, { hostname: 'here' });
    for (const { socket } of server.clients) socket.destroy();
    const reasons = (await settled).map((one) => one.status === 'rejected' && (one.reason as unknown));
    expect(reasons.every((reason) => reason instanceof LibvirtConnectionError)).toBe(true);
    expect(await waiting).toBe('here');
    expect(server.clients.flatMap((from) => from.serialsOf(domains.getXmlDesc))).toHaveLength(16);
  });

  it('is made again by the next call', async () => {
    server.answer(connect.getHostname, { hostname: 'here' });
    await client.host.hostname();
    await server.stop();
    // The first may still meet the old connection.
    await expect(client.host.hostname()).rejects.toBeInstanceOf(LibvirtConnectionError);
    await expect(client.host.hostname()).rejects.toThrow(server.socketPath);
    await server.listen();
    expect(await client.host.hostname()).toBe('here');
  });

  it('that cannot be made names every socket that was tried', async () => {
    vi.spyOn(process, 'geteuid').mockReturnValue(1000);
    vi.stubEnv('XDG_RUNTIME_DIR', server.directory);
    const other = createRpcClient({ uri: 'qemu:///session' });
    const failure = other.host.ping();
    await expect(failure).rejects.toBeInstanceOf(LibvirtConnectionError);
    await expect(failure).rejects.toThrow(`${server.directory}/libvirt/libvirt-sock`);
    await expect(failure).rejects.toThrow(`${server.directory}/libvirt/virtqemud-sock`);
    await other.close();
    vi.restoreAllMocks();
    vi.unstubAllEnvs();
  });
});

describe('close', () => {
  it('rejects calls in flight and calls afterwards, and ends the connections in an orderly way', async () => {
    server.on(domains.getXmlDesc, () => undefined);
    server.answer(domains.getState, { state: 1, reason: 0 });
    const call = client.domains.xml(vm).catch((reason: unknown) => reason);
    await received(domains.getXmlDesc, 1);
    await client.close();
    expect(await call).toBeInstanceOf(LibvirtConnectionError);
    await expect(client.domains.state(vm)).rejects.toBeInstanceOf(LibvirtConnectionError);
    await expect(client.events.start()).rejects.toBeInstanceOf(LibvirtConnectionError);
    await expect(client.domains.openConsole(vm)).rejects.toBeInstanceOf(LibvirtConnectionError);
  });

  it('says goodbye on an idle connection', async () => {
    server.answer(connect.getHostname, { hostname: 'here' });
    await client.host.hostname();
    const [from] = server.clients;
    await client.close();
    expect(from?.serialsOf(connect.close)).toHaveLength(1);
  });

  it('while a connection is opened gives up the opening', async () => {
    server.on(connect.authList, () => undefined);
    const call = client.host.hostname().catch((reason: unknown) => reason);
    await received(connect.authList, 1);
    await client.close();
    expect(await call).toBeInstanceOf(LibvirtConnectionError);
  });
});

describe('authentication', () => {
  it('by polkit is asked for when the server wants it', async () => {
    server.answer(connect.authList, { types: [2] });
    server.answer(connect.authPolkit, { complete: 1 });
    server.answer(connect.getHostname, { hostname: 'here' });
    expect(await client.host.hostname()).toBe('here');
    expect(onlyClient().serialsOf(connect.authPolkit)).toHaveLength(1);
  });

  it('refused by polkit rejects with its error', async () => {
    server.answer(connect.authList, { types: [2] });
    server.on(connect.authPolkit, ({ serial }, from) => {
      from.error({ serial }, 45, 'authentication failed');
    });
    await expect(client.host.hostname()).rejects.toMatchObject({ name: 'LibvirtError', code: 45 });
  });

  it('of none among others is no authentication', async () => {
    server.answer(connect.authList, { types: [1, 0] });
    server.answer(connect.getHostname, { hostname: 'here' });
    expect(await client.host.hostname()).toBe('here');
  });

  it.each([
    [1, 'SASL'],
    [7, 'kind 7'],
  ])('of kind %d rejects and says so', async (kind, name) => {
    server.answer(connect.authList, { types: [kind] });
    const call = client.host.hostname();
    await expect(call).rejects.toBeInstanceOf(LibvirtConnectionError);
    await expect(call).rejects.toThrow(name);
  });
});

it('a refused URI rejects with the error of libvirt', async () => {
  server.on(connect.open, ({ serial }, from) => {
    from.error({ serial }, 5, 'no connection driver available');
  });
  await expect(client.host.hostname()).rejects.toMatchObject({ name: 'LibvirtError', code: 5 });
});
