import { readDescriptors } from '../../../../internal/api/grpc/descriptors.ts';
import { readBindings, type HttpBindings } from '../../../../internal/api/http/v1/bindings.ts';
import type { V1Service } from '../../../../internal/api/v1/service.ts';
import { v1Services, type V1Sources } from '../../../../internal/api/v1/services.ts';
import { ProtiumError } from '../../../../internal/errors/protium-error.ts';
import { createEventLog } from '../../../../internal/events/event-log.ts';
import { noImages } from './no-images.ts';

const nobody = (id: string) => Promise.reject(new ProtiumError('not-found', `There is no ${id}.`));

/** What nobody comes to where there is no instance. */
export const sleepingParts = {} as never;

const gone = (id: string): never => {
  throw new ProtiumError('not-found', `There is no ${id}.`);
};
/** Whatever is asked of it, it has no answer. */
const asleep = (): never => new Proxy({}, { get: () => () => Promise.reject(new Error('asleep')) }) as never;

/** protium.v1 of a daemon that has nothing, but for what is given. */
export function sleepingV1(given: Partial<V1Sources> = {}): {
  readonly services: readonly V1Service[];
  readonly bindings: HttpBindings;
} {
  const naming = {
    instances: { get: () => undefined },
    operations: { get: () => undefined },
    uuidOf: () => undefined,
  };
  const services = v1Services({
    flavors: asleep(),
    bookings: asleep(),
    leases: asleep(),
    provisions: asleep(),
    tokens: asleep(),
    users: asleep(),
    certificates: asleep(),
    attachments: { ...naming, parts: sleepingParts },
    snapshots: { ...naming, parts: sleepingParts },
    computations: {
      list: () => ({ computations: [], next: null }),
      get: () => undefined,
      payload: () => undefined,
      remove: () => undefined,
    },
    domains: {
      domains: () => [],
      domain: () => undefined,
      status: () => ({ ageMs: 0 }),
      ownerOf: () => null,
    },
    events: createEventLog('run'),
    seenEvents: () => () => true,
    images: {
      images: noImages,
      owned: asleep(),
      ownerOf: () => null,
      operations: { get: () => undefined },
    },
    instances: {
      instances: {
        list: () => [],
        get: () => undefined,
        reach: () => Promise.reject(new Error('asleep')),
        check: () => Promise.reject(new Error('asleep')),
        begin: () => Promise.reject(new Error('asleep')),
        tryBegin: () => Promise.reject(new Error('asleep')),
        remove: nobody,
        tryRemove: nobody,
        uuidOfUnmade: () => undefined,
      },
      changes: sleepingParts,
      lifecycle: { start: nobody, stop: nobody, power: nobody },
      update: nobody,
      wait: nobody,
      keyPairs: { publicKeys: () => [] },
      operations: { get: () => undefined },
      uuidOf: () => undefined,
    },
    operations: {
      get: () => undefined,
      list: () => ({ operations: [], next: null }),
      cancel: nobody,
      requireCancellable: () => undefined,
      wait: nobody,
      changes: () => {
        throw new Error('asleep');
      },
    },
    migrations: asleep(),
    audit: asleep(),
    accessKeys: { identity: asleep(), httpOrigins: () => [] },
    consoles: { consoles: {} as never, find: gone, httpOrigins: () => [] },
    guests: { agent: {} as never, find: gone },
    host: {
      instances: {
        situation: () => {
          throw new Error('asleep');
        },
      },
      ownerOf: () => null,
      examineHost: () => Promise.resolve([]),
    },
    keyPairs: {
      list: () => ({ keyPairs: [], next: null }),
      get: (_owner, name) => gone(name),
      import: ({ name }) => nobody(name),
      create: ({ name }) => nobody(name),
      remove: (_owner, name) => gone(name),
      publicKeys: () => [],
    },
    pools: {
      pools: asleep(),
      operations: { get: () => undefined },
      view: { status: () => ({ ageMs: 0 }) as never, volumes: () => [] },
    },
    volumes: {
      volumes: asleep(),
      placesOf: () => new Set(),
      operations: { get: () => undefined },
      view: { status: () => ({ ageMs: 0 }) as never },
    },
    networks: {
      networks: asleep(),
      reservations: asleep(),
      operations: { get: () => undefined },
      view: { status: () => ({ ageMs: 0 }) as never },
      instanceOf: (named) => named,
      ownerOf: () => null,
    },
    portForwards: {
      portForwards: asleep(),
      instanceOf: (named) => named,
      ownerOf: () => null,
    },
    firewall: { firewalls: asleep(), operations: asleep(), instanceOf: (named) => named },
    usage: { list: () => [], running: () => 0 },
    invoices: { list: () => [], get: gone },
    subscriptions: {
      plans: () => Promise.resolve([]),
      list: () => [],
      get: gone,
      usedBy: () => null,
      create: ({ plan }) => nobody(plan),
      end: ({ id }) => nobody(id),
    },
    floatingAddresses: {
      floatingAddresses: {
        of: () => undefined,
        list: () => [],
        associate: nobody,
        release: nobody,
        openPort: nobody,
        closePort: nobody,
        renew: nobody,
        refresh: nobody,
      },
      instanceOf: gone,
    },
    ...given,
  });
  return { services, bindings: readBindings(readDescriptors()) };
}
