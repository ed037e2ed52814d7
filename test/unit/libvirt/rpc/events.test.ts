import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { LibvirtClient } from '../../../../internal/libvirt/client.ts';
import { LibvirtConnectionError } from '../../../../internal/libvirt/error.ts';
import type { ConnectionState, LibvirtEvent } from '../../../../internal/libvirt/events.ts';
import { createRpcClient } from '../../../../internal/libvirt/rpc/client.ts';
import { eventMessages } from '../../../../internal/libvirt/rpc/wire/event-messages.ts';
import { domain, network, nodeDevice, pool, secret } from '../../../../internal/libvirt/rpc/wire/objects.ts';
import { connect } from '../../../../internal/libvirt/rpc/wire/procedures/connect.ts';
import { registration } from '../../../../internal/libvirt/rpc/wire/procedures/event.ts';
import { typedParameters } from '../../../../internal/libvirt/rpc/wire/typed-parameters.ts';
import {
  int,
  optional,
  string,
  struct,
  unsignedHyper,
  unsignedInt,
  type Fields,
  type Values,
} from '../../../../internal/libvirt/rpc/xdr/codec.ts';
import { Reader } from '../../../../internal/libvirt/rpc/xdr/reader.ts';
import { FakeLibvirtd, type FakeClient } from './fake-libvirtd.ts';

const uuid = '00112233-4455-6677-8899-aabbccddeeff';
const vm = { name: 'vm', uuid, id: 3 };
const net = { name: 'net', uuid };

let server: FakeLibvirtd;
let client: LibvirtClient;
let events: LibvirtEvent[];
let states: ConnectionState[];

beforeEach(async () => {
  server = await FakeLibvirtd.start();
  for (const procedure of Object.values(registration)) {
    server.on(procedure, ({ serial }, from) => {
      from.reply(serial, procedure, { callbackID: serial });
    });
  }
  client = createRpcClient({ uri: server.uri, reconnect: { minMs: 5, maxMs: 20 } });
  events = [];
  states = [];
  client.events.onEvent((event) => events.push(event));
  client.events.onConnection((state) => states.push(state));
});

afterEach(async () => {
  await client.close();
  await server.remove();
});

function follower(): FakeClient {
  const one = server.clients.at(-1);
  if (!one) throw new Error('nobody is connected');
  return one;
}

function registrations(from: FakeClient): readonly string[] {
  return Object.entries(registration).flatMap(([subsystem, procedure]) =>
    from.requests
      .filter(({ procedure: number }) => number === procedure.number)
      .map((request) => `${subsystem} ${new Reader(request.payload).int32()}`),
  );
}

describe('start', () => {
  it('registers every kind of event, then reports the connection', async () => {
    await client.events.start();
    const wanted = eventMessages.map(({ subsystem, eventId }) => `${subsystem} ${eventId}`);
    expect([...registrations(follower())].sort()).toEqual([...wanted].sort());
    expect(states).toEqual([{ state: 'connected' }]);
  });

  it('twice is once', async () => {
    await Promise.all([client.events.start(), client.events.start()]);
    await client.events.start();
    expect(server.clients).toHaveLength(1);
  });

  it('leaves out what the driver does not have', async () => {
    server.on(registration.secret, ({ serial }, from) => {
      from.error({ serial }, 3, 'not supported');
    });
    await client.events.start();
    expect(states).toEqual([{ state: 'connected' }]);
  });

  it('rejects when the life cycle of domains cannot be followed', async () => {
    server.on(registration.domain, ({ serial }, from) => {
      from.error({ serial }, 3, 'not supported');
    });
    await expect(client.events.start()).rejects.toMatchObject({ code: 3 });
    expect(states).toEqual([]);
  });

  it('rejects when the server is too old for callbacks', async () => {
    server.answer(connect.supportsFeature, { supported: false });
    await expect(client.events.start()).rejects.toBeInstanceOf(LibvirtConnectionError);
  });

  it('rejects when libvirt cannot be reached, and may be tried again', async () => {
    await server.stop();
    await expect(client.events.start()).rejects.toBeInstanceOf(LibvirtConnectionError);
    await server.listen();
    await client.events.start();
    expect(states).toEqual([{ state: 'connected' }]);
  });

  it('has at most four registrations in flight', async () => {
    let inFlight = 0;
    let most = 0;
    for (const procedure of Object.values(registration)) {
      server.on(procedure, ({ serial }, from) => {
        inFlight += 1;
        most = Math.max(most, inFlight);
        setImmediate(() => {
          inFlight -= 1;
          from.reply(serial, procedure, { callbackID: serial });
        });
      });
    }
    await client.events.start();
    expect(most).toBeLessThanOrEqual(4);
  });
});

/** Sends the message of the event with this procedure number and returns what came of it. */
async function deliver<F extends Fields>(
  number: number,
  fields: F,
  values: Values<F>,
): Promise<LibvirtEvent> {
  await client.events.start();
  const before = events.length;
  follower().event(number, struct(fields), values);
  return vi.waitFor(() => {
    const event = events[before];
    if (!event) throw new Error('no event yet');
    return event;
  });
}

describe('every kind of event', () => {
  const callbackID = int;
  const dom = domain;
  const id = { callbackID: 1 };
  function wrapped<F extends Fields>(number: number, fields: F, msg: Values<F>): Promise<LibvirtEvent> {
    return deliver(number, { callbackID, msg: struct(fields) }, { callbackID: 1, msg });
  }

  const cases: readonly [LibvirtEvent, () => Promise<LibvirtEvent>][] = [
    [
      { kind: 'domain-lifecycle', domain: vm, event: 'stopped', detail: 2 },
      () => wrapped(318, { dom, event: int, detail: int }, { dom: vm, event: 5, detail: 2 }),
    ],
    [{ kind: 'domain-reboot', domain: vm }, () => wrapped(319, { dom }, { dom: vm })],
    [
      { kind: 'domain-watchdog', domain: vm, action: 2 },
      () => wrapped(321, { dom, action: int }, { dom: vm, action: 2 }),
    ],
    [
      {
        kind: 'domain-io-error',
        domain: vm,
        path: '/d',
        device: 'virtio-disk0',
        action: 1,
        reason: 'enospc',
      },
      () =>
        wrapped(
          324,
          { dom, srcPath: string, devAlias: string, action: int, reason: string },
          { dom: vm, srcPath: '/d', devAlias: 'virtio-disk0', action: 1, reason: 'enospc' },
        ),
    ],
    [
      { kind: 'domain-tray-change', domain: vm, device: 'ide0', reason: 1 },
      () => wrapped(328, { dom, devAlias: string, reason: int }, { dom: vm, devAlias: 'ide0', reason: 1 }),
    ],
    [
      { kind: 'domain-balloon', domain: vm, actualKiB: 2n ** 40n },
      () => wrapped(331, { dom, actual: unsignedHyper }, { dom: vm, actual: 2n ** 40n }),
    ],
    [
      { kind: 'domain-device-removed', domain: vm, device: 'net0' },
      () => wrapped(333, { dom, devAlias: string }, { dom: vm, devAlias: 'net0' }),
    ],
    [
      { kind: 'domain-block-job', domain: vm, disk: 'vda', type: 2, status: 3 },
      () =>
        deliver(
          339,
          { callbackID, dom, dst: string, type: int, status: int },
          { ...id, dom: vm, dst: 'vda', type: 2, status: 3 },
        ),
    ],
    [
      { kind: 'domain-agent-lifecycle', domain: vm, connected: true, reason: 2 },
      () =>
        deliver(348, { callbackID, dom, state: int, reason: int }, { ...id, dom: vm, state: 1, reason: 2 }),
    ],
    [
      { kind: 'domain-device-added', domain: vm, device: 'net1' },
      () => deliver(354, { callbackID, dom, devAlias: string }, { ...id, dom: vm, devAlias: 'net1' }),
    ],
    [
      { kind: 'domain-migration-iteration', domain: vm, iteration: 4 },
      () => deliver(359, { callbackID, dom, iteration: int }, { ...id, dom: vm, iteration: 4 }),
    ],
    [
      { kind: 'domain-job-completed', domain: vm },
      () =>
        deliver(
          363,
          { callbackID, dom, params: typedParameters(64) },
          { ...id, dom: vm, params: [{ field: 'operation', type: 'int', value: 2 }] },
        ),
    ],
    [
      { kind: 'domain-device-removal-failed', domain: vm, device: 'net0' },
      () => deliver(367, { callbackID, dom, devAlias: string }, { ...id, dom: vm, devAlias: 'net0' }),
    ],
    [
      { kind: 'domain-metadata-change', domain: vm, type: 2, uri: 'urn:x' },
      () =>
        deliver(
          379,
          { callbackID, dom, type: int, nsuri: optional(string) },
          { ...id, dom: vm, type: 2, nsuri: 'urn:x' },
        ),
    ],
    [
      { kind: 'domain-memory-failure', domain: vm, recipient: 1, action: 2 },
      () =>
        deliver(
          423,
          { callbackID, dom, recipient: int, action: int, flags: unsignedInt },
          { ...id, dom: vm, recipient: 1, action: 2, flags: 0 },
        ),
    ],
    [
      { kind: 'network-lifecycle', network: net, event: 'started', detail: 0 },
      () =>
        deliver(
          315,
          { callbackID, net: network, event: int, detail: int },
          { ...id, net, event: 2, detail: 0 },
        ),
    ],
    [
      { kind: 'pool-lifecycle', pool: net, event: 'deleted', detail: 0 },
      () =>
        deliver(
          370,
          { callbackID, pool, event: int, detail: int },
          { ...id, pool: net, event: 5, detail: 0 },
        ),
    ],
    [{ kind: 'pool-refresh', pool: net }, () => deliver(373, { callbackID, pool }, { ...id, pool: net })],
    [
      { kind: 'node-device-lifecycle', device: { name: 'pci_0' }, event: 'created', detail: 0 },
      () =>
        deliver(
          376,
          { callbackID, dev: nodeDevice, event: int, detail: int },
          { ...id, dev: { name: 'pci_0' }, event: 0, detail: 0 },
        ),
    ],
    [
      { kind: 'node-device-update', device: { name: 'pci_0' } },
      () => deliver(377, { callbackID, dev: nodeDevice }, { ...id, dev: { name: 'pci_0' } }),
    ],
    [
      {
        kind: 'secret-lifecycle',
        secret: { uuid, usageType: 'ceph', usageId: 'u' },
        event: 'undefined',
        detail: 0,
      },
      () =>
        deliver(
          382,
          { callbackID, secret, event: int, detail: int },
          { ...id, secret: { uuid, usageType: 'ceph', usageId: 'u' }, event: 1, detail: 0 },
        ),
    ],
    [
      { kind: 'secret-value-changed', secret: { uuid, usageType: 'tls', usageId: 'u' } },
      () => deliver(383, { callbackID, secret }, { ...id, secret: { uuid, usageType: 'tls', usageId: 'u' } }),
    ],
  ];

  it.each(cases.map(([event, send]) => ({ kind: event.kind, event, send })))(
    '$kind',
    async ({ event, send }) => {
      expect(await send()).toEqual(event);
    },
  );

  it('is among these cases', () => {
    expect(cases).toHaveLength(eventMessages.length);
  });
});

describe('events', () => {
  const lifecycle = struct({ callbackID: int, msg: struct({ dom: domain, event: int, detail: int }) });
  const event = (name: string, number: number) => ({
    callbackID: 1,
    msg: { dom: { ...vm, name }, event: number, detail: 0 },
  });

  it('come in the order in which they were sent; unknown and unreadable ones are passed over', async () => {
    await client.events.start();
    const from = follower();
    from.event(318, lifecycle, event('first', 2));
    from.event(318, lifecycle, event('of an unknown kind of change', 99));
    from.event(318, int, 1);
    from.event(9999, int, 1);
    from.event(318, lifecycle, event('second', 5));
    await vi.waitFor(() => {
      expect(events).toHaveLength(2);
    });
    expect(events.map((one) => one.kind === 'domain-lifecycle' && `${one.domain.name} ${one.event}`)).toEqual(
      ['first started', 'second stopped'],
    );
    expect(states).toEqual([{ state: 'connected' }]);
  });

  it('come no more to who has unsubscribed', async () => {
    const others: LibvirtEvent[] = [];
    const unsubscribe = client.events.onEvent((one) => others.push(one));
    await client.events.start();
    unsubscribe();
    follower().event(318, lifecycle, event('vm', 2));
    await vi.waitFor(() => {
      expect(events).toHaveLength(1);
    });
    expect(others).toEqual([]);
  });
});

describe('a lost connection', () => {
  it('is made again, with all registrations, and reported', async () => {
    await client.events.start();
    const before = registrations(follower());
    follower().socket.destroy();
    await vi.waitFor(() => {
      expect(states.map(({ state }) => state)).toEqual(['connected', 'disconnected', 'connected']);
    });
    expect(registrations(follower())).toEqual(before);
    expect(server.clients).toHaveLength(2);
  });

  it('is tried again, later each time, until the server is back', async () => {
    await client.events.start();
    await server.stop();
    await vi.waitFor(() => {
      expect(states.filter(({ state }) => state === 'disconnected').length).toBeGreaterThan(4);
    });
    await server.listen();
    await vi.waitFor(() => {
      expect(states.at(-1)).toEqual({ state: 'connected' });
    });
    const waits = states.flatMap((one) => (one.state === 'disconnected' ? [one.retryInMs] : []));
    expect(Math.max(...waits)).toBeLessThanOrEqual(20);
    expect(Math.min(...waits)).toBeGreaterThanOrEqual(2);
  });

  it('while registering is tried again too', async () => {
    await client.events.start();
    let refusals = 2;
    server.on(registration.network, ({ serial }, from) => {
      refusals -= 1;
      if (refusals >= 0) from.socket.destroy();
      else from.reply(serial, registration.network, { callbackID: 1 });
    });
    follower().socket.destroy();
    await vi.waitFor(() => {
      expect(states.at(-1)).toEqual({ state: 'connected' });
      expect(states.filter(({ state }) => state === 'disconnected')).toHaveLength(3);
    });
  });

  it('is not made again after close', async () => {
    await client.events.start();
    await client.close();
    expect(states).toEqual([{ state: 'connected' }]);
    expect(server.clients).toHaveLength(1);
  });
});
