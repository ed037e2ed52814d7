import {
  instanceFunctions,
  type InstanceGroupParts,
} from '../../../../../../internal/api/http/gpueater/instances/functions.ts';
import { createLatestOperations } from '../../../../../../internal/api/http/gpueater/instances/latest-operations.ts';
import { createLaunch } from '../../../../../../internal/api/http/gpueater/instances/launch.ts';
import { createPower } from '../../../../../../internal/api/http/gpueater/instances/power.ts';
import { productFunctions } from '../../../../../../internal/api/http/gpueater/products/functions.ts';
import type { LaunchListParts } from '../../../../../../internal/api/http/gpueater/products/launch-list.ts';
import { subscriptionFunctions } from '../../../../../../internal/api/http/gpueater/subscriptions/functions.ts';
import { createSubscriptions } from '../../../../../../internal/subscriptions/create-subscriptions.ts';
import { flavorSource } from '../../../../../../internal/subscriptions/flavor-source.ts';
import { formOf } from '../../../../../../internal/api/http/gpueater/form.ts';
import type { ShownImage } from '../../../../../../internal/api/http/gpueater/images/shown-image.ts';
import { ProtiumError } from '../../../../../../internal/errors/protium-error.ts';
import type {
  FloatingAddress,
  FloatingAddresses,
} from '../../../../../../internal/floating-addresses/floating-address.ts';
import { bindOrFail } from '../../../../../../internal/floating-addresses/bind-or-fail.ts';
import { unusedOf } from '../../../../../../internal/floating-addresses/held-address.ts';
import { createSubscriptionHolds } from '../../../../../../internal/subscriptions/holds.ts';
import { createFlavors } from '../../../../../../internal/flavors/flavors.ts';
import type { HostFacts } from '../../../../../../internal/host/facts.ts';
import { unknownOs, type Image } from '../../../../../../internal/images/image.ts';
import type { Lifecycle } from '../../../../../../internal/instances/lifecycle/lifecycle.ts';
import type { MovedInstance } from '../../../../../../internal/migration/moved-instance.ts';
import type { UpdateInstance } from '../../../../../../internal/instances/update.ts';
import { fakeHost, type FakeHost } from '../../../../instances/fake-host.ts';
import { databasePath } from '../../../../operations/fixture.ts';

export const alice = { name: 'alice', owner: 'a'.repeat(32), createdAt: '2026-01-01T00:00:00.000Z' };
export const bob = { name: 'bob', owner: 'b'.repeat(32), createdAt: '2026-01-01T00:00:00.000Z' };

const image: Image = {
  id: 'c0ffee00-0000-4000-8000-000000000001',
  name: 'debian-12',
  digest: `sha256:${'d'.repeat(64)}`,
  format: 'qcow2',
  virtualSizeBytes: 2e9,
  sizeBytes: 1e9,
  os: { ...unknownOs, family: 'linux', flavour: 'debian', loginUser: 'debian' },
  source: { kind: 'file', location: '/x' },
  createdAt: '2026-01-01T00:00:00.000Z',
  volume: { pool: 'protium-images', name: `${'d'.repeat(64)}.qcow2` },
};
const shownImage = { name: 'Debian12 x64', alias: image.name } as ShownImage;
const hostId = '7a000000-0000-4000-8000-000000000001';

/** What a call is like beside its fields. */
interface Manner {
  readonly user?: typeof alice;
  readonly userAgent?: string;
  readonly signal?: AbortSignal;
}

/** A host of which machines are rented: its instances are real, its addresses and what is done with domains are not. */
export interface RentedHost extends FakeHost {
  /** Calls a function by GPUEater's name. */
  call(name: string, fields?: Readonly<Record<string, unknown>>, manner?: Manner): Promise<unknown>;
  /** Of the last call. */
  readonly headers: Map<string, string>;
  /** What was asked of domains: `start`, `stop 60000`, `power reset`, `describe TEXT`. */
  readonly changes: string[];
  /** Addresses by instance. */
  readonly addresses: Map<string, FloatingAddress>;
  /** How the next address is bound; null: as it should. */
  bindingFails: 'refused' | 'failed' | null;
  /** Instances that went to other hosts. */
  readonly moved: MovedInstance[];
}

export function rentedHost(facts: HostFacts, settingsFile: string | null = null): RentedHost {
  const addresses = new Map<string, FloatingAddress>();
  const fake = fakeHost(facts, databasePath(), new Map(), {
    bind: (uuid, owner) => bindOrFail(floating, uuid, owner),
    release: (uuid) => Promise.resolve(void addresses.delete(uuid)),
  });
  fake.images.push(image);
  const { instances, operations } = fake;
  const changes: string[] = [];
  const headers = new Map<string, string>();
  let given = 0;
  const floating: Pick<FloatingAddresses, 'of' | 'list' | 'associate' | 'hold' | 'condition'> = {
    of: (uuid) => addresses.get(uuid),
    list: (owner) => [...addresses.values()].filter((each) => each.owner === owner),
    associate(instance, owner) {
      const way = host.bindingFails;
      host.bindingFails = null;
      if (way === 'refused') return Promise.reject(new ProtiumError('resource-in-use', 'none is free'));
      const held = createSubscriptionHolds(fake.subscriptionStore).addresses();
      const [mine] = unusedOf(held, owner, new Set([...addresses.values()].map(({ address: used }) => used)));
      const number = mine === undefined ? (given += 1) : Number(mine.split('.')[3]);
      const address: FloatingAddress = {
        address: `10.77.0.${number}`,
        connectionId: `connection-${number}`,
        instance,
        owner,
        ports: [22],
        createdAt: '2026-01-01T00:00:00.000Z',
        state: way ?? 'active',
        problem: way === null ? null : 'nft is not there',
      };
      if (way === null) addresses.set(instance, address);
      return Promise.resolve(address);
    },
    hold: (keep) => Promise.resolve(keep(`10.77.0.${(given += 1)}`)),
    condition: () => ({ addresses: '10.77.0.1-10.77.0.254', size: 254, used: 0, problem: null }),
  };
  const nothing = { operation: null, notices: [] };
  const lifecycle: Lifecycle = {
    start: (_uuid, options) => {
      changes.push(options?.discardSavedState === true ? 'start afresh' : 'start');
      return Promise.resolve(nothing);
    },
    stop: (_uuid, { timeoutMs }) => {
      changes.push(`stop ${timeoutMs}`);
      return Promise.resolve(nothing);
    },
    power: (_uuid, change) => {
      changes.push(`power ${change}`);
      return Promise.resolve(nothing);
    },
  };
  const update: UpdateInstance = (uuid, { description }) => {
    changes.push(`describe ${description ?? ''}`);
    const found = instances.get(uuid);
    return found === undefined ? Promise.reject(new Error('gone')) : Promise.resolve(found);
  };
  const flavors = createFlavors({ host: { read: () => Promise.resolve(facts) }, instances, settingsFile });
  const imagesOf = () => ({ [image.name]: shownImage });
  const latest = createLatestOperations(operations);
  const launching = { instances, floating, sshdWithinMs: 0 };
  const products: LaunchListParts = {
    flavors,
    hostId: () => Promise.resolve(hostId),
    images: imagesOf,
    sshKeys: () => [{ id: 'laptop', name: 'laptop' }],
  };
  const rented: InstanceGroupParts = {
    instances,
    flavors,
    images: { get: (named) => fake.images.find(({ name }) => name === named) },
    imagesOf,
    keyPairs: {
      publicKeys: (_owner, [name]) => {
        if (name === 'laptop') return ['ecdsa-sha2-nistp256 AAAA laptop'];
        throw new ProtiumError('not-found', `There is no key pair "${name ?? ''}".`);
      },
    },
    floating,
    reservations: {
      reserve: ({ instance }) =>
        Promise.resolve({
          network: 'default',
          address: '192.168.122.7',
          mac: null,
          hostname: null,
          instance,
        }),
    },
    latest,
    launch: createLaunch(launching),
    power: createPower({ lifecycle, instances, operations }),
    update,
    hostId: () => Promise.resolve(hostId),
    client: {
      domains: {
        lookupByUuid: (uuid: string) => Promise.resolve({ name: 'web', uuid, id: 7 }),
        stats: () =>
          Promise.resolve([{ domain: null, stats: { 'net.0.rx.bytes': 5n, 'net.1.rx.bytes': 6n } }]),
        blockInfo: (_domain: unknown, disk: string) =>
          Promise.resolve({ allocationBytes: BigInt(disk.length) }),
      } as never,
    },
    view: { domain: () => ({ diskPaths: ['/images/root', '/images/seed'] }) as never },
    migrations: { list: (owner) => host.moved.filter((each) => each.owner === owner) },
  };
  const subscriptions = createSubscriptions({
    store: fake.subscriptionStore,
    flavors: flavorSource(flavors),
    prices: { discount: 1, storagePerMonth: 5, addressPerMonth: 3 },
    locks: operations.locks,
    check: (spec) => instances.check(spec),
    storage: { pool: 'protium', freeBytes: () => 150 * 1024 ** 3 },
    addresses: floating,
    isThere: (uuid) => fake.domains.has(uuid),
    ready: () => Promise.resolve(),
    onReleased: () => undefined,
  });
  const functions = [
    ...productFunctions(products),
    ...instanceFunctions(rented),
    ...subscriptionFunctions({ subscriptions, instances: rented, products }),
  ];
  const host: RentedHost = {
    ...fake,
    addresses,
    changes,
    headers,
    bindingFails: null,
    moved: [],
    async call(name, fields = {}, { user = alice, userAgent = 'NodeJS-API', signal } = {}) {
      headers.clear();
      const found = functions.find((each) => each.name === name);
      if (found === undefined) throw new Error(`there is no ${name}`);
      return found.handle({
        user,
        userAgent,
        form: formOf(new Map(Object.entries(fields))),
        signal: signal ?? new AbortController().signal,
        setHeader: (header, value) => void headers.set(header, value),
      });
    },
  };
  return host;
}

export const order = { product_id: 'c1.tiny', image: 'debian-12', ssh_key_id: 'laptop', tag: 'my tag' };
