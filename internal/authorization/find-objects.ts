import type { Bookings } from '../booking/booking.ts';
import { ProtiumError } from '../errors/protium-error.ts';
import type { FloatingAddresses } from '../floating-addresses/floating-address.ts';
import type { Images } from '../images/image.ts';
import type { Instances } from '../instances/instance.ts';
import type { Invoices } from '../invoices/invoices.ts';
import type { Leases } from '../leases/leases.ts';
import type { LiveView } from '../libvirt/live-view/live-view.ts';
import type { Migrations } from '../migration/migrations.ts';
import type { Operations } from '../operations/operations.ts';
import type { Ownership } from '../ownership/ownership.ts';
import type { PortForwards } from '../port-forwards/port-forwards.ts';
import type { Provisions } from '../provision/run/provision.ts';
import { normaliseId, undashed } from '../spec/ids.ts';
import type { Spec } from '../spec/spec.ts';
import type { Subscriptions } from '../subscriptions/subscription.ts';
import type { VolumeOwners } from '../subscriptions/volume-owners.ts';
import { sees } from './decide.ts';
import { belongingTo, everyones, nothing, type Found, type Objects } from './objects.ts';
import { ownerOfOperation, type ResourceOwners } from './operation-owner.ts';
import type { ObjectKind } from './policy/row.ts';
import { referencesOfSpec } from './spec-references.ts';

export interface ObjectSources {
  readonly view: Pick<LiveView, 'domain' | 'pool' | 'volumes'>;
  readonly instances: Pick<Instances, 'get' | 'uuidOfUnmade'>;
  readonly operations: Pick<Operations, 'get' | 'list'>;
  readonly images: Pick<Images, 'get'>;
  readonly ownership: Pick<Ownership, 'ownerOf'>;
  readonly volumes: Pick<VolumeOwners, 'ownerOf'>;
  readonly leases: Pick<Leases, 'list' | 'get'>;
  readonly provisions: Pick<Provisions, 'list' | 'get'>;
  readonly floatingAddresses: Pick<FloatingAddresses, 'list' | 'of'>;
  readonly portForwards: Pick<PortForwards, 'get'>;
  readonly subscriptions: Pick<Subscriptions, 'get'>;
  readonly invoices: Pick<Invoices, 'get'>;
  readonly migrations: Pick<Migrations, 'get'>;
  readonly bookings: Pick<Bookings, 'users'>;
  /** Where volumes are looked for that name no pool, and their names by name or id. */
  readonly newVolumePool: string;
  readonly volumeNamed: (pool: string, nameOrId: string) => string;
  /** A config as requests bring it; null: it cannot be read, which the method itself tells. */
  readonly specOf: (config: unknown) => Spec | null;
}

type Find = (values: readonly unknown[], caller: Parameters<Objects['find']>[2]) => readonly Found[];

/** Whose objects are, by asking the rooms that keep them. */
export function createObjects(sources: ObjectSources): Objects & { readonly resources: ResourceOwners } {
  const { view, instances, operations, images, ownership, leases, provisions } = sources;

  const instanceOwner = (named: string): string | undefined => {
    const uuid = view.domain(named.toLowerCase())?.uuid ?? view.domain(named)?.uuid;
    const found = uuid === undefined ? undefined : instances.get(uuid);
    if (found !== undefined) return found.owner;
    const unmade = instances.uuidOfUnmade(named.toLowerCase());
    if (unmade === undefined) return undefined;
    const [operation] = operations.list({ resource: `instance/${unmade}`, limit: 1 }).operations;
    return operation?.owner ?? undefined;
  };
  const instance: Find = ([named]) => one('instance', named, (name) => belongingTo(instanceOwner(name)));

  const imageStanding = (named: string) => {
    const image = images.get(named);
    if (image === undefined) return nothing;
    const owned = ownership.ownerOf('image', image.name);
    return owned === undefined ? everyones : belongingTo(owned.owner);
  };
  const volumeStanding = (pool: string, name: string) => {
    const found = view.pool(pool);
    const volume = found && view.volumes(found.uuid).find((each) => each.name === name);
    return volume === undefined ? nothing : belongingTo(sources.volumes.ownerOf(volume));
  };

  const foundInSpec = (spec: Spec): readonly Found[] =>
    referencesOfSpec(spec, view.volumes()).map((reference) => {
      if (reference.kind === 'host path') throw hostPath(reference.path);
      if (reference.kind === 'image') {
        return {
          standing: imageStanding(reference.name),
          what: `image "${reference.name}"`,
          needs: 'view',
        };
      }
      const { volume, named } = reference;
      const standing = volume === null ? nothing : belongingTo(sources.volumes.ownerOf(volume));
      return { standing, what: `volume "${named}"` };
    });

  const finds: Readonly<Record<ObjectKind, Find>> = {
    'own project': () => [],
    project([named]) {
      const id = normaliseId(text(named));
      // What is no id, the method itself refuses.
      return id === null ? [] : [{ standing: belongingTo(undashed(id)), what: `project "${undashed(id)}"` }];
    },
    instance,
    'opened instance': instance,
    domain: ([named]) =>
      one('domain', named, (name) => {
        const domain = view.domain(name);
        return belongingTo(domain && (instances.get(domain.uuid)?.owner ?? null));
      }),
    volume([inPool, named]) {
      const pool = text(inPool) === '' ? sources.newVolumePool : text(inPool);
      const poolName = view.pool(pool)?.name ?? pool;
      const name = sources.volumeNamed(poolName, text(named));
      return [
        { standing: volumeStanding(poolName, name), what: `volume "${text(named)}" in the pool "${pool}"` },
      ];
    },
    image: ([named]) => one('image', named, imageStanding),
    'image source'([source], caller) {
      const { kind, location } = source as { readonly kind: string; readonly location: string };
      if (kind === 'file') throw hostPath(location);
      return kind === 'instance' ? instance([location], caller) : [];
    },
    config([config]) {
      const spec = sources.specOf(config);
      return spec === null ? [] : foundInSpec(spec);
    },
    spec: ([spec]) => foundInSpec(spec as Spec),
    // A project's list of devices is heeded where a place is looked for: whoever asks, and whatever way.
    'host device': () => [],
    network: () => [],
    lease([named], caller) {
      const name = text(named);
      const series = leases.list({ recurrence: name.toLowerCase(), states: [], limit: 1 });
      const found = series[0] ?? attempt(() => leases.get(name));
      if (found !== undefined && sees(caller, found.owner))
        return [{ standing: belongingTo(found.owner), what: `lease "${name}"` }];
      // Names are their owners' own: another's of the same name is not in the way.
      const own = [...caller.roles.keys()].flatMap((owner) =>
        leases
          .list({ owner, states: ['pending', 'active', 'ending'], limit: 1000 })
          .filter((each) => each.name === name),
      );
      return own.length === 1 && own[0] !== undefined
        ? [{ standing: belongingTo(own[0].owner), what: `lease "${name}"`, unmistakable: own[0].id }]
        : [{ standing: nothing, what: `lease "${name}"` }];
    },
    provision([named], caller) {
      const name = text(named);
      const found = attempt(() => provisions.get(name));
      if (found !== undefined && sees(caller, found.owner)) {
        return [{ standing: belongingTo(found.owner), what: `provision "${name}"` }];
      }
      const own = [...caller.roles.keys()]
        .flatMap((owner) => provisions.list({ owner, limit: 1000 }).filter((each) => each.name === name))
        .sort((a, b) => b.createdAt - a.createdAt)[0];
      return own === undefined
        ? [{ standing: nothing, what: `provision "${name}"` }]
        : [{ standing: belongingTo(own.owner), what: `provision "${name}"`, unmistakable: own.id }];
    },
    'floating address': ([named]) =>
      one('floating address', named, (name) => {
        const found = sources.floatingAddresses.list().find(({ address }) => address === name);
        return belongingTo(found?.owner ?? instanceOwner(name));
      }),
    'port forward': ([id]) =>
      one('port forward', id, (named) => {
        const forward = attempt(() => sources.portForwards.get(named));
        return forward === undefined ? nothing : belongingTo(instanceOwner(forward.instance) ?? null);
      }),
    subscription: ([id]) =>
      one('subscription', id, (named) => belongingTo(attempt(() => sources.subscriptions.get(named))?.owner)),
    invoice: ([id]) =>
      one('invoice', id, (named) => belongingTo(attempt(() => sources.invoices.get(named))?.owner)),
    migration: ([named]) =>
      one('migration of', named, (name) => belongingTo(attempt(() => sources.migrations.get(name))?.owner)),
    operation: ([id]) =>
      one('operation', id, (named) => {
        const record = operations.get(named);
        return record === undefined ? nothing : belongingTo(ownerOfOperation(record, ownersOfResources));
      }),
    'booking user': ([user]) =>
      one('booking user', user, (name) =>
        belongingTo(sources.bookings.users().find((each) => each.user === name)?.owner),
      ),
  };
  const ownersOfResources: ResourceOwners = {
    instance: instanceOwner,
    image: (name) => ownership.ownerOf('image', name)?.owner,
    volume: (pool, name) => sources.volumes.ownerOf({ pool, name }) ?? undefined,
  };
  return {
    find: (kind, values, caller) => finds[kind](values, caller),
    resources: ownersOfResources,
  };
}

function one(
  kind: string,
  named: unknown,
  standingOf: (name: string) => Found['standing'],
): readonly Found[] {
  const name = text(named);
  return [{ standing: standingOf(name), what: `${kind} "${name.slice(0, 128)}"` }];
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** undefined where the room says that there is none. */
function attempt<Result>(get: () => Result): Result | undefined {
  try {
    return get();
  } catch (error) {
    if (error instanceof ProtiumError) return undefined;
    throw error;
  }
}

function hostPath(path: string): ProtiumError {
  return new ProtiumError(
    'access-denied',
    `"${path.slice(0, 256)}" is a file of the host: only administrators use those. Import it as an image, or upload it.`,
    { details: { path: path.slice(0, 256) } },
  );
}
