import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { CallReport } from '../../internal/libvirt/call-report.ts';
import type { LibvirtClient } from '../../internal/libvirt/client.ts';
import { LibvirtConnectionError, LibvirtTimeoutError } from '../../internal/libvirt/error.ts';
import type { ConnectionState, LibvirtEvent } from '../../internal/libvirt/events.ts';
import { createRpcClient } from '../../internal/libvirt/rpc/client.ts';
import { createVirshClient } from '../../internal/libvirt/virsh/client.ts';
import { startPrivateHost, type PrivateHost } from '../host/private-host.ts';
import { domainXml } from './documents.ts';
import { drivers } from './support.ts';

const patience = { timeout: 30_000, interval: 20 };

/** A host of its own: its libvirtd is killed. */
let host: PrivateHost;

beforeAll(async () => {
  host = await startPrivateHost(`protium-test-${process.pid}-lost`);
  await host.run('virsh', ['-c', 'qemu:///system', 'version']);
});

afterAll(async () => {
  await host.down();
});

describe.each(drivers)('when libvirtd goes, $driver', ({ driver }) => {
  const reports: CallReport[] = [];
  let client: LibvirtClient;

  beforeAll(() => {
    const options = { uri: host.uri, observe: (report: CallReport) => reports.push(report) };
    client = driver === 'rpc' ? createRpcClient(options) : createVirshClient(options);
  });

  afterAll(async () => {
    await client.close();
  });

  test('says so, refuses calls, and goes on when it is back', async () => {
    const states: ConnectionState[] = [];
    const events: LibvirtEvent[] = [];
    client.events.onConnection((state) => states.push(state));
    client.events.onEvent((event) => events.push(event));
    await client.events.start();
    const domain = await client.domains.define(domainXml({ name: `survivor-${driver}` }));
    const running = await client.domains.create(domain);
    await vi.waitFor(
      () => expect(events).toContainEqual(expect.objectContaining({ event: 'started' })),
      patience,
    );

    await host.killLibvirtd();
    await vi.waitFor(() => expect(states.at(-1)?.state).toBe('disconnected'), patience);
    const [connected, lost] = states;
    expect(connected).toEqual({ state: 'connected' });
    expect(lost).toMatchObject({
      error: expect.any(Error) as unknown,
      retryInMs: expect.any(Number) as unknown,
    });
    await expect(client.domains.list()).rejects.toBeInstanceOf(LibvirtConnectionError);
    expect(reports.at(-1)).toMatchObject({ call: 'domains.list', outcome: 'disconnected' });

    await host.startLibvirtd();
    await vi.waitFor(() => expect(states.at(-1)?.state).toBe('connected'), patience);
    // The guest lived on.
    expect(await client.domains.lookupByUuid(domain.uuid)).toEqual(running);
    events.length = 0;
    await client.domains.destroy(running);
    await client.domains.undefine(running);
    await vi.waitFor(
      () =>
        expect(events).toContainEqual({
          kind: 'domain-lifecycle',
          domain: expect.objectContaining({ uuid: domain.uuid }) as unknown,
          event: 'undefined',
          detail: 0,
        }),
      patience,
    );
  });

  test('waits for an answer no longer than it was told to', async () => {
    await client.host.ping();
    const { stdout } = await host.run('cat', ['/run/libvirt/libvirtd.pid']);
    await host.run('kill', ['-STOP', stdout.trim()]);
    try {
      await expect(client.host.hostname({ deadlineMs: 300 })).rejects.toBeInstanceOf(LibvirtTimeoutError);
      expect(reports.at(-1)).toMatchObject({ call: 'host.hostname', outcome: 'timeout' });
      const reason = new Error('no more');
      const abort = new AbortController();
      const answer = client.host.hostname({ signal: abort.signal });
      setImmediate(() => {
        abort.abort(reason);
      });
      await expect(answer).rejects.toBe(reason);
    } finally {
      await host.run('kill', ['-CONT', stdout.trim()]);
    }
    expect(await client.host.hostname()).toBe(host.name);
    expect(reports.at(-1)).toMatchObject({ call: 'host.hostname', outcome: 'ok' });
  });
});
