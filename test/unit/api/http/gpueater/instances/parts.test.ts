import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { describe, expect, it, onTestFinished } from 'vitest';
import { awaitSshd } from '../../../../../../internal/api/http/gpueater/instances/await-sshd.ts';
import { readCounters, trafficOf } from '../../../../../../internal/api/http/gpueater/instances/counters.ts';
import { createHostId } from '../../../../../../internal/api/http/gpueater/instances/host-id.ts';
import { createLatestOperations } from '../../../../../../internal/api/http/gpueater/instances/latest-operations.ts';
import { createPower } from '../../../../../../internal/api/http/gpueater/instances/power.ts';
import { RepeatedLaunches } from '../../../../../../internal/api/http/gpueater/instances/repeated-launches.ts';
import { shownState } from '../../../../../../internal/api/http/gpueater/instances/shown-instance.ts';
import type { Instance } from '../../../../../../internal/instances/instance.ts';
import { domainStates } from '../../../../../../internal/libvirt/objects.ts';
import type { OperationRecord } from '../../../../../../internal/operations/model.ts';

describe('a state', () => {
  it('is one of six words, of at most ten letters', () => {
    for (const state of domainStates) {
      for (const doing of [
        null,
        'instance.resize',
        'instance.start',
        'instance.stop',
        'instance.unregister',
      ]) {
        expect(shownState(state, doing)).toMatch(/^(PENDING|RUNNING|STOPPING|STOPPED|MIGRATING|ERROR)$/);
      }
    }
  });

  it.each([
    ['running', null, 'RUNNING'],
    ['shutoff', null, 'STOPPED'],
    ['paused', null, 'STOPPED'],
    ['crashed', null, 'ERROR'],
    ['running', 'instance.stop', 'STOPPING'],
    ['shutoff', 'instance.start', 'PENDING'],
    ['shutoff', 'instance.register', 'PENDING'],
    ['running', 'instance.migrate', 'MIGRATING'],
    ['running', 'instance.resize', 'RUNNING'],
  ] as const)('%s while %s is %s', (state, doing, shown) => {
    expect(shownState(state, doing)).toBe(shown);
  });
});

describe('lost launches', () => {
  const lost = () => AbortSignal.abort();
  const kept = () => new AbortController().signal;

  it('are answered with the first within the window, and only once', async () => {
    let now = 0;
    let count = 0;
    const launches = new RepeatedLaunches<number>(60_000, () => now);
    const work = () => Promise.resolve((count += 1));
    expect(await launches.run('a', lost(), work)).toBe(1);
    now = 59_999;
    expect(await launches.run('b', kept(), work)).toBe(2);
    expect(await launches.run('a', lost(), work)).toBe(1);
    now += 59_999;
    expect(await launches.run('a', kept(), work)).toBe(1);
    expect(await launches.run('a', lost(), work)).toBe(3);
    now += 60_000;
    expect(await launches.run('a', kept(), work)).toBe(4);
  });

  it('that failed are tried anew', async () => {
    const launches = new RepeatedLaunches<number>(60_000);
    await expect(launches.run('a', lost(), () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await launches.run('a', kept(), () => Promise.resolve(2))).toBe(2);
  });
});

describe('the latest operation', () => {
  const record = (id: string, state: OperationRecord['state'], createdAt: string, kind = 'instance.stop') =>
    ({ id, kind, state, createdAt, resources: ['domain/web', 'instance/u'] }) as unknown as OperationRecord;

  it('is followed; the one that waits does not hide the one that is done', () => {
    let tell: (record: OperationRecord) => void = () => undefined;
    let asked = 0;
    const latest = createLatestOperations({
      list: () => {
        asked += 1;
        return { operations: [record('0', 'succeeded', '1', 'instance.register')], next: null };
      },
      watch: (_id, listener) => {
        tell = listener;
        return () => undefined;
      },
    });
    expect(latest.of('u')).toMatchObject({ id: '0', kind: 'instance.register', active: false });
    expect(latest.of('u')).toMatchObject({ id: '0' });
    expect(asked).toBe(1);
    tell(record('1', 'running', '2'));
    tell(record('2', 'queued', '3', 'instance.start'));
    expect(latest.of('u')).toMatchObject({ id: '1', active: true });
    tell(record('1', 'succeeded', '2'));
    tell(record('2', 'running', '3', 'instance.start'));
    expect(latest.of('u')).toMatchObject({ id: '2', kind: 'instance.start', active: true });
    tell(record('1', 'succeeded', '2'));
    expect(latest.of('u')).toMatchObject({ id: '2' });
  });

  it.each([
    ['instance.unregister', 'succeeded', true],
    ['instance.unregister', 'failed', false],
    ['instance.register', 'failed', true],
    ['instance.register', 'cancelled', true],
    ['instance.register', 'succeeded', false],
    ['instance.stop', 'failed', false],
  ] as const)('after %s %s is forgotten with its instance: %s', (kind, state, isForgotten) => {
    let tell: (record: OperationRecord) => void = () => undefined;
    const latest = createLatestOperations({
      list: () => ({ operations: [record('of the journal', state, '1', kind)], next: null }),
      watch: (_id, listener) => {
        tell = listener;
        return () => undefined;
      },
    });
    tell(record('of memory', 'running', '1', kind));
    expect(latest.of('u')).toMatchObject({ id: 'of memory' });
    tell(record('of memory', state, '1', kind));
    expect(latest.of('u')).toMatchObject({ id: isForgotten ? 'of the journal' : 'of memory' });
  });
});

describe('sshd', () => {
  async function server(greeting: string): Promise<{ host: string; port: number }> {
    const listening = createServer((socket) => socket.end(greeting)).listen(0, '127.0.0.1');
    onTestFinished(() => void listening.close());
    await once(listening, 'listening');
    return { host: '127.0.0.1', port: (listening.address() as AddressInfo).port };
  }

  it('is there when it greets', async () => {
    const place = await server('SSH-2.0-OpenSSH_9.2\r\n');
    const signal = new AbortController().signal;
    expect(await awaitSshd(place, { signal, goesOn: () => true })).toBe(true);
  });

  it('is not there when something else does, and is not waited for without end', async () => {
    const place = await server('HTTP/1.1 400 Bad Request\r\n');
    let tries = 0;
    const signal = new AbortController().signal;
    expect(await awaitSshd(place, { signal, goesOn: () => (tries += 1) < 3 })).toBe(false);
    expect(await awaitSshd(place, { signal: AbortSignal.abort(), goesOn: () => true })).toBe(false);
  });
});

describe('power', () => {
  const done: string[] = [];
  const begun = (what: string) => {
    done.push(what);
    return Promise.resolve({ operation: null, notices: [] });
  };
  const power = createPower({
    lifecycle: {
      start: (_uuid, options) => begun(options?.discardSavedState === true ? 'start afresh' : 'start'),
      stop: (_uuid, { timeoutMs }) => begun(`stop ${timeoutMs}`),
      power: (_uuid, change) => begun(change),
    },
    instances: { remove: () => Promise.reject(new Error('not here')) },
    operations: { wait: () => Promise.reject(new Error('not here')), get: () => undefined },
  });
  const instance = (state: Instance['state'], pci: readonly object[] = []) =>
    ({ uuid: 'u', state, plan: { pci } }) as unknown as Instance;

  it.each([
    ['running', [], ['reset']],
    ['running', [{}], ['stop 0', 'start afresh']],
    ['paused', [], ['stop 0', 'start afresh']],
    ['crashed', [], ['stop 0', 'start afresh']],
    ['shutoff', [], ['stop 0', 'start afresh']],
  ] as const)('an emergency restart of one that is %s with devices %j', async (state, pci, changes) => {
    done.length = 0;
    await power.emergencyRestart(instance(state, pci));
    expect(done).toEqual(changes);
  });

  it('one that is held goes on when it is started', async () => {
    done.length = 0;
    await power.start(instance('paused'));
    expect(done).toEqual(['resume']);
  });
});

describe('counters', () => {
  it('are summed over the interfaces', () => {
    expect(
      trafficOf({
        'net.count': 2,
        'net.0.name': 'vnet0',
        'net.0.rx.bytes': 10n,
        'net.0.rx.pkts': 1n,
        'net.0.tx.bytes': 7n,
        'net.1.rx.bytes': 5n,
        'net.1.tx.pkts': 3n,
        'net.1.rx.errs': 99n,
      }),
    ).toEqual({ bytes_received: 15, bytes_sent: 7, packets_received: 1, packets_sent: 3 });
  });

  it('of one that is off are none, but for its disk', async () => {
    const client = {
      domains: {
        lookupByUuid: () => Promise.resolve({ name: 'web', uuid: 'u', id: null }),
        stats: () => Promise.reject(new Error('it is off')),
        blockInfo: () => Promise.resolve({ allocationBytes: 196_608n }),
      },
    } as never;
    expect(await readCounters(client, 'u', '/root')).toMatchObject({
      bytes_received: 0,
      root_storage_usage: 196_608,
    });
    expect(await readCounters(client, 'u', undefined)).toMatchObject({ root_storage_usage: 0 });
  });
});

it('the host is called as libvirt calls it, once it was asked', async () => {
  let asked = 0;
  const hostId = createHostId({
    host: {
      capabilities: () => {
        asked += 1;
        return Promise.resolve('<capabilities><host><uuid>h-1</uuid></host></capabilities>');
      },
    } as never,
  });
  expect([await hostId(), await hostId()]).toEqual(['h-1', 'h-1']);
  expect(asked).toBe(1);
});
