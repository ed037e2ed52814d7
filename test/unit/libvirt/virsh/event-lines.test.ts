import { describe, expect, test } from 'vitest';
import type { LibvirtEvent } from '../../../../internal/libvirt/events.ts';
import { EventLines, type Subsystem } from '../../../../internal/libvirt/virsh/events/event-lines.ts';

const stamp = '2026-11-22 21:53:03.837+0000: ';
const uuid = '2e6827e4-9b6b-4a35-9dc6-c4a377491d8b';

function read(subsystem: Subsystem, ...lines: readonly string[]): readonly LibvirtEvent[] {
  const reader = new EventLines(subsystem);
  return lines.flatMap((text) => {
    const line = reader.push(text);
    switch (line?.of) {
      case undefined:
        return [];
      case 'nodeDevice':
        return [line.event];
      case 'domain':
        return [line.event({ name: line.name, uuid, id: 7 })];
      case 'secret':
        return [line.event({ uuid: line.name, usageType: 'none', usageId: '' })];
      case 'network':
      case 'pool':
        return [line.event({ name: line.name, uuid })];
    }
  });
}

const domain = { name: 'd3', uuid, id: 7 };

/** Lines recorded from virsh 9.0.0, and in its formats. */
describe('domain events', () => {
  test.each<[string, Readonly<Record<string, unknown>>]>([
    [
      "'lifecycle' for domain 'd3': Suspended Paused",
      { kind: 'domain-lifecycle', event: 'suspended', detail: 0 },
    ],
    [
      "'lifecycle' for domain 'd3': Shutdown Finished after host request",
      { kind: 'domain-lifecycle', event: 'shutdown', detail: 2 },
    ],
    [
      "'lifecycle' for domain 'd3': Suspended I/O Error",
      { kind: 'domain-lifecycle', event: 'suspended', detail: 2 },
    ],
    ["'reboot' for domain 'd3'", { kind: 'domain-reboot' }],
    ["'watchdog' for domain 'd3': inject-nmi", { kind: 'domain-watchdog', action: 6 }],
    [
      "'io-error-reason' for domain 'd3': /a (b)/c.img (virtio-disk0) pause due to enospc",
      {
        kind: 'domain-io-error',
        path: '/a (b)/c.img',
        device: 'virtio-disk0',
        action: 1,
        reason: 'enospc',
      },
    ],
    [
      "'block-job-2' for domain 'd3': Active Block Commit for vda ready",
      { kind: 'domain-block-job', disk: 'vda', type: 4, status: 3 },
    ],
    [
      "'tray-change' for domain 'd3' disk sata0-0-0: opened",
      { kind: 'domain-tray-change', device: 'sata0-0-0', reason: 0 },
    ],
    ["'balloon-change' for domain 'd3': 60000KiB", { kind: 'domain-balloon', actualKiB: 60_000n }],
    ["'device-added' for domain 'd3': net1", { kind: 'domain-device-added', device: 'net1' }],
    ["'device-removed' for domain 'd3': net1", { kind: 'domain-device-removed', device: 'net1' }],
    [
      "'device-removal-failed' for domain 'd3': net1",
      { kind: 'domain-device-removal-failed', device: 'net1' },
    ],
    [
      "'metadata-change' for domain 'd3': type title, uri <null>",
      { kind: 'domain-metadata-change', type: 1, uri: null },
    ],
    [
      "'metadata-change' for domain 'd3': type element, uri urn:x",
      { kind: 'domain-metadata-change', type: 2, uri: 'urn:x' },
    ],
    ["'job-completed' for domain 'd3':", { kind: 'domain-job-completed' }],
    [
      "'agent-lifecycle' for domain 'd3': state: 'connected' reason: 'channel event'",
      { kind: 'domain-agent-lifecycle', connected: true, reason: 2 },
    ],
    [
      "'migration-iteration' for domain 'd3': iteration: '4'",
      { kind: 'domain-migration-iteration', iteration: 4 },
    ],
  ])('%s', (text, event) => {
    expect(read('domain', `${stamp}event ${text}`)).toEqual([{ ...event, domain }]);
  });

  test('with a name that looks like the rest of the line', () => {
    expect(read('domain', `${stamp}event 'lifecycle' for domain 'a': Started b': Stopped Saved`)).toEqual([
      {
        kind: 'domain-lifecycle',
        domain: { ...domain, name: "a': Started b" },
        event: 'stopped',
        detail: 4,
      },
    ]);
  });

  test('over more than one line', () => {
    expect(
      read(
        'domain',
        `${stamp}event 'job-completed' for domain 'd3':`,
        '\toperation: 1',
        `${stamp}event 'memory-failure' for domain 'd3':`,
        'recipient: guest',
        'action: inject',
        'flags:',
        '\taction required: 1',
        `${stamp}event 'reboot' for domain 'd3'`,
      ),
    ).toEqual([
      { kind: 'domain-job-completed', domain },
      { kind: 'domain-memory-failure', domain, recipient: 1, action: 1 },
      { kind: 'domain-reboot', domain },
    ]);
  });

  test('of kinds that we do not follow are passed over', () => {
    expect(
      read(
        'domain',
        `${stamp}event 'io-error' for domain 'd3': /x (virtio-disk0) pause`,
        `${stamp}event 'rtc-change' for domain 'd3': 12`,
        'events received: 2',
        '',
      ),
    ).toEqual([]);
  });
});

describe('other events', () => {
  test('networks', () => {
    expect(read('network', `${stamp}event 'lifecycle' for network n 1: Started`)).toEqual([
      { kind: 'network-lifecycle', network: { name: 'n 1', uuid }, event: 'started', detail: 0 },
    ]);
  });

  test('pools', () => {
    expect(
      read(
        'pool',
        `${stamp}event 'lifecycle' for storage pool a: b: Created`,
        `${stamp}event 'refresh' for storage pool a: b`,
      ),
    ).toEqual([
      { kind: 'pool-lifecycle', pool: { name: 'a: b', uuid }, event: 'created', detail: 0 },
      { kind: 'pool-refresh', pool: { name: 'a: b', uuid } },
    ]);
  });

  test('node devices', () => {
    expect(
      read(
        'nodeDevice',
        `${stamp}event 'lifecycle' for node device pci_0000_01_00_0: Deleted`,
        `${stamp}event 'update' for node device pci_0000_01_00_0`,
      ),
    ).toEqual([
      {
        kind: 'node-device-lifecycle',
        device: { name: 'pci_0000_01_00_0' },
        event: 'deleted',
        detail: 0,
      },
      { kind: 'node-device-update', device: { name: 'pci_0000_01_00_0' } },
    ]);
  });

  test('secrets', () => {
    const secret = { uuid, usageType: 'none', usageId: '' };
    expect(
      read(
        'secret',
        `${stamp}event 'lifecycle' for secret ${uuid}: Undefined`,
        `${stamp}event 'value-changed' for secret ${uuid}`,
      ),
    ).toEqual([
      { kind: 'secret-lifecycle', secret, event: 'undefined', detail: 0 },
      { kind: 'secret-value-changed', secret },
    ]);
  });
});
