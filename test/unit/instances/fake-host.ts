import path from 'node:path';
import { Writable } from 'node:stream';
import { createDeviceCare } from '../../../internal/devices/device-care.ts';
import { createTakenDevices } from '../../../internal/devices/taken-devices.ts';
import type { HostFacts } from '../../../internal/host/facts.ts';
import type { HostReader } from '../../../internal/host/reader.ts';
import { createImageHolds, type ImageHolds } from '../../../internal/images/holds.ts';
import type { Image } from '../../../internal/images/image.ts';
import { Booking } from '../../../internal/instances/changes/booking.ts';
import { createInstances } from '../../../internal/instances/create-instances.ts';
import type { Instances } from '../../../internal/instances/instance.ts';
import { GuestSetups } from '../../../internal/instances/register/guest-setups.ts';
import { registerInstance } from '../../../internal/instances/register/operation.ts';
import { InstanceRecords } from '../../../internal/instances/records.ts';
import { unregisterInstance } from '../../../internal/instances/unregister/operation.ts';
import { createLeaseBook } from '../../../internal/leases/book.ts';
import { leaseCapacity } from '../../../internal/leases/capacity.ts';
import { bookBackfill, createLeaseHolds, type LeaseHolds } from '../../../internal/leases/holds.ts';
import type { LeaseBook } from '../../../internal/leases/lease.ts';
import { createLeaseStore, type LeaseStore } from '../../../internal/leases/lease-store.ts';
import {
  createTimedInstanceStore,
  type TimedInstanceStore,
} from '../../../internal/leases/timed-instance-store.ts';
import type { AddressBinding } from '../../../internal/instances/register/bind-address-step.ts';
import type { LibvirtClient } from '../../../internal/libvirt/client.ts';
import { LibvirtError } from '../../../internal/libvirt/error.ts';
import { virError } from '../../../internal/libvirt/error-code.ts';
import { readDomainDocument } from '../../../internal/libvirt/live-view/documents.ts';
import type { LiveView } from '../../../internal/libvirt/live-view/live-view.ts';
import type { DomainView } from '../../../internal/libvirt/live-view/views.ts';
import type { Operations } from '../../../internal/operations/operations.ts';
import { createSubscriptionHolds } from '../../../internal/subscriptions/holds.ts';
import {
  createSubscriptionStore,
  type SubscriptionStore,
} from '../../../internal/subscriptions/subscription-store.ts';
import { createSeedMaker } from '../../../internal/seed/seed-maker.ts';
import { parseXml } from '../../../internal/xml/parse.ts';
import { childText } from '../../../internal/xml/tree.ts';
import { fakeDrivers, type FakeDrivers } from '../devices/fake-drivers.ts';
import { engine, openFor } from '../operations/fixture.ts';
import { silent } from '../operations/fixture-log.ts';

/** A libvirt and a host in memory: what a machine without GPUs cannot be. Starts take a turn of the event loop. */
export interface FakeHost {
  readonly instances: Instances;
  readonly operations: Operations;
  readonly subscriptionStore: SubscriptionStore;
  /** What is leased; `time.now` is the time for all of it. */
  readonly leases: {
    readonly store: LeaseStore;
    readonly timed: TimedInstanceStore;
    readonly book: LeaseBook;
    readonly holds: LeaseHolds;
    readonly time: { now: number };
  };
  /** As if its guest had shut down, or somebody had switched it on. */
  setRunning(uuid: string, running: boolean): void;
  /** Domains by uuid. */
  readonly domains: ReadonlyMap<string, { readonly xml: string; readonly running: boolean }>;
  /** The images that there are. */
  readonly images: Image[];
  readonly imageHolds: ImageHolds;
  /** The image is listed once more, and gone when it is looked for by its id. */
  goesWhilePlanned(id: string): void;
  /** Of the pool for new volumes, from now on. */
  setFreeBytes(bytes: number): void;
  /** What volumes hold, by name. */
  readonly volumes: ReadonlyMap<string, Buffer>;
  /** What volumes were made from, by name. */
  readonly volumeDocuments: ReadonlyMap<string, string>;
  /** The next upload fails with this code of libvirt, half way. */
  failUpload(code: number): void;
  /** Every call that changes something, in order. */
  readonly calls: readonly string[];
  /** The next start fails with this code of libvirt. */
  failStart(code: number): void;
  /** A domain that somebody else defined and started. */
  addForeign(xml: string): void;
  /** Of its devices. */
  readonly drivers: FakeDrivers;
  /** Starts wait until it is called. */
  holdStarts(): () => void;
}

function refusal(code: number, call: string): LibvirtError {
  return new LibvirtError({ code, domain: 10, level: 2, message: 'as the test wants it', call });
}

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

const noAddresses: AddressBinding = {
  bind: () => Promise.reject(new Error('not asked')),
  release: () => Promise.resolve(),
};

export function fakeHost(
  facts: HostFacts,
  databasePath: string,
  /** Left by a daemon before. */
  volumesBefore: ReadonlyMap<string, Buffer> = new Map(),
  addresses: AddressBinding = noAddresses,
): FakeHost {
  const domains = new Map<string, { xml: string; running: boolean; view: DomainView }>();
  const calls: string[] = [];
  const volumeDocuments = new Map<string, string>();
  const images: Image[] = [];
  const imageHolds = createImageHolds();
  let goneImage: string | null = null;
  let revision = 0;
  let freeBytes: number | null = null;
  const volumes = new Map<string, Buffer>(volumesBefore);
  let startFailure: number | null = null;
  let uploadFailure: number | null = null;
  let gate: Promise<void> = Promise.resolve();

  const put = (xml: string, running: boolean): { uuid: string; name: string } => {
    const document = parseXml(xml);
    const uuid = childText(document, 'uuid') ?? '';
    const name = childText(document, 'name') ?? '';
    revision += 1;
    const view: DomainView = {
      name,
      uuid,
      id: running ? revision : null,
      state: running ? 'running' : 'shutoff',
      reason: 0,
      persistent: true,
      autostart: false,
      hasManagedSave: false,
      ...readDomainDocument(xml),
      documentDigest: String(revision),
      readAt: '2026-01-01T00:00:00.000Z',
    };
    domains.set(uuid, { xml, running, view });
    return { uuid, name };
  };
  const known = (uuid: string) => {
    const domain = domains.get(uuid);
    if (domain === undefined) throw refusal(virError.noDomain, 'domains.lookupByUuid');
    return domain;
  };
  const change = async (uuid: string, running: boolean, word: string): Promise<void> => {
    await turn();
    calls.push(`${word} ${known(uuid).view.name}`);
    put(known(uuid).xml, running);
  };

  const client = {
    domains: {
      lookupByUuid: async (uuid: string) => {
        await turn();
        return { name: known(uuid).view.name, uuid, id: known(uuid).view.id };
      },
      define: async (xml: string) => {
        await turn();
        const made = put(xml, false);
        calls.push(`define ${made.name}`);
        return { ...made, id: null };
      },
      create: async ({ uuid }: { uuid: string }) => {
        await gate;
        if (startFailure !== null) {
          const code = startFailure;
          startFailure = null;
          throw refusal(code, 'domains.create');
        }
        await change(uuid, true, 'start');
      },
      destroy: ({ uuid }: { uuid: string }) => change(uuid, false, 'destroy'),
      undefine: async ({ uuid }: { uuid: string }) => {
        await turn();
        calls.push(`undefine ${known(uuid).view.name}`);
        domains.delete(uuid);
        revision += 1;
      },
      state: ({ uuid }: { uuid: string }) =>
        Promise.resolve({ state: known(uuid).running ? 'running' : 'shutoff', reason: 0 }),
      xml: ({ uuid }: { uuid: string }) => Promise.resolve(known(uuid).xml),
      hasManagedSave: () => Promise.resolve(false),
      interfaceAddresses: () => Promise.resolve([]),
    },
    snapshots: { list: () => Promise.resolve([{ name: 'before' }]) },
    pools: {
      lookupByName: (name: string) => Promise.resolve({ name, uuid: 'p' }),
      isActive: () => Promise.resolve(true),
    },
    volumes: {
      create: (pool: { name: string }, xml: string) => {
        const name = childText(parseXml(xml), 'name') ?? '';
        volumes.set(name, Buffer.alloc(0));
        volumeDocuments.set(name, xml);
        return Promise.resolve({ pool: pool.name, name, key: `/images/${name}` });
      },
      upload: ({ name }: { name: string }) =>
        Promise.resolve(
          new Writable({
            write(chunk: Buffer, _encoding, taken) {
              volumes.set(name, Buffer.concat([volumes.get(name) ?? Buffer.alloc(0), chunk]));
              const code = uploadFailure;
              uploadFailure = null;
              taken(code === null ? null : refusal(code, 'volumes.upload'));
            },
          }),
        ),
      lookupByName: (pool: { name: string }, name: string) =>
        volumes.has(name)
          ? Promise.resolve({ pool: pool.name, name, key: `/images/${name}` })
          : Promise.reject(refusal(virError.noStorageVolume, 'volumes.lookupByName')),
      list: (pool: { name: string }) =>
        Promise.resolve(
          [...volumes.keys()].map((name) => ({ pool: pool.name, name, key: `/images/${name}` })),
        ),
      delete: ({ name }: { name: string }) => Promise.resolve(volumes.delete(name)),
    },
    networks: {
      lookupByName: (name: string) => Promise.resolve({ name, uuid: 'n' }),
      isActive: () => Promise.resolve(true),
    },
  } as unknown as LibvirtClient;

  const view = {
    status: () => ({ ageMs: 0, connected: true, revision }),
    domains: () => [...domains.values()].map((domain) => domain.view),
    domain: (id: string) =>
      domains.get(id)?.view ??
      [...domains.values()].map((domain) => domain.view).find(({ name }) => name === id),
    networks: () => [{ name: 'default', uuid: 'n', bridge: 'virbr0', active: true }],
    pool: () =>
      freeBytes === null ? undefined : { name: 'protium', uuid: 'p', availableBytes: BigInt(freeBytes) },
    volumes: () =>
      images.map(({ volume, format, virtualSizeBytes }) => ({
        ...volume,
        poolUuid: 'i',
        path: `/images/${volume.name}`,
        format,
        capacityBytes: BigInt(virtualSizeBytes),
      })),
    onChange: () => () => undefined,
    refresh: () => Promise.resolve(),
  } as unknown as LiveView;

  const host: HostReader = {
    read: () => Promise.resolve(facts),
    current: () => facts,
    forgetHypervisor: () => undefined,
  };
  const drivers = fakeDrivers(facts.pci);
  const database = openFor(databasePath);
  const care = createDeviceCare({
    taken: createTakenDevices(database, 'boot'),
    drivers,
    host,
    log: silent as never,
    triesAfterMs: [0],
  });
  const subscriptionStore = createSubscriptionStore(database);
  const time = { now: Date.UTC(2026, 0, 1) };
  const leaseStore = createLeaseStore(database);
  const timed = createTimedInstanceStore(database);
  const book = createLeaseBook();
  for (const lease of leaseStore.live()) book.put(lease);
  for (const entry of timed.all()) bookBackfill(book, entry);
  const holds = createLeaseHolds({
    store: leaseStore,
    timed,
    book,
    capacityOf: leaseCapacity,
    now: () => time.now,
    leastBackfillMs: () => 60_000,
  });
  const seeds = createSeedMaker(path.dirname(databasePath));
  const setups = new GuestSetups();
  const definitions = {
    register: registerInstance({
      client,
      view,
      care,
      host,
      seeds,
      setups,
      addresses,
      hostRoot: path.dirname(databasePath),
    }),
    unregister: unregisterInstance(client, view, care, path.dirname(databasePath)),
  };
  const operations = engine(databasePath, [definitions.register, definitions.unregister], { database });
  const instances = createInstances({
    client,
    view,
    operations,
    definitions,
    host,
    care,
    booking: new Booking(),
    subscriptions: createSubscriptionHolds(subscriptionStore),
    leases: holds,
    setups,
    records: new InstanceRecords(),
    images: {
      list: () => images,
      get: (named) => images.find(({ id, name }) => (id === named || name === named) && id !== goneImage),
      hold: ({ volume }, user) => imageHolds.hold(volume, user),
    },
    readMedia: () => Promise.resolve([]),
    pool: { name: 'protium', directory: '/images' },
    volumeBytes: () => 0,
    reservedMemoryMib: 1024,
    retryWindowMs: 600_000,
    ready: () => Promise.resolve(),
    requestKey: new Uint8Array(32),
    log: silent as never,
  });
  return {
    instances,
    operations,
    subscriptionStore,
    leases: { store: leaseStore, timed, book, holds, time },
    setRunning: (uuid, running) => void put(known(uuid).xml, running),
    domains,
    images,
    imageHolds,
    goesWhilePlanned: (id) => (goneImage = id),
    setFreeBytes: (bytes) => (freeBytes = bytes),
    volumes,
    volumeDocuments,
    failUpload: (code) => (uploadFailure = code),
    calls,
    drivers,
    failStart: (code) => (startFailure = code),
    addForeign: (xml) => void put(xml, true),
    holdStarts() {
      let open: () => void = () => undefined;
      gate = new Promise((resolve) => (open = resolve));
      return () => open();
    },
  };
}
