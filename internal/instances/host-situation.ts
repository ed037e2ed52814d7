import type { DeviceCare } from '../devices/device-care.ts';
import { ProtiumError } from '../errors/protium-error.ts';
import type { HostReader } from '../host/reader.ts';
import { wasRead } from '../libvirt/live-view/first-reading.ts';
import type { LiveView } from '../libvirt/live-view/live-view.ts';
import type { Logger } from '../observability/log.ts';
import { planPlacement } from '../placement/place.ts';
import type { PlacementAnswer, PlacementInput, PlacementPolicy } from '../placement/plan.ts';
import type { Spec } from '../spec/spec.ts';
import type { SubscriptionHolds } from '../subscriptions/holds.ts';
import type { VolumeOwners } from '../subscriptions/volume-owners.ts';
import type { Rebooking } from './changes/booking.ts';
import type { ChangedClaims } from './changes/changed-claims.ts';
import { rebookingInput } from './changes/rebooking-input.ts';
import { claimOfDomain } from './claims.ts';
import type { HostSituation } from './instance.ts';
import type { Images } from '../images/image.ts';
import type { ReadMedia } from './media.ts';
import { imageOffers, networkOffers, volumeOffers } from './offers.ts';
import type { PendingInstances } from './pending.ts';
import type { InstanceRecords } from './records.ts';

export interface HostSituationOptions {
  readonly view: LiveView;
  readonly host: HostReader;
  readonly care: DeviceCare;
  readonly records: InstanceRecords;
  readonly images: Pick<Images, 'list'>;
  readonly readMedia: ReadMedia;
  readonly pending: PendingInstances;
  readonly changed: ChangedClaims;
  readonly subscriptions: Pick<SubscriptionHolds, 'claims' | 'storageOf' | 'revision'>;
  /** Where new volumes are made. */
  readonly pool: { readonly name: string };
  readonly volumeBytes: VolumeOwners['bytesOf'];
  /** Left to the host itself; null: worked out from its memory. */
  readonly reservedMemoryMib: number | null;
  readonly log: Logger;
}

/** What the host has, what is taken of it, and what could be had. */
export interface HostSituations {
  /**
   * Plans a spec on the host as it is; what subscriptions hold for `holder`, and its subscription, is there for it. Rejects
   * with `libvirt-unavailable` where it is not read within some seconds.
   */
  plan(
    spec: Spec,
    holder?: Holder,
  ): Promise<{ readonly input: PlacementInput; readonly answer: PlacementAnswer }>;
  /** Plans the processor, memory and further host devices of an instance that there is; rejects likewise. */
  replan(rebooking: Rebooking): Promise<PlacementAnswer>;
  /** Synchronous and quick; throws ProtiumError `libvirt-unavailable` before the host was read once. */
  current(): HostSituation;
}

/** For whom it is planned. */
export interface Holder {
  readonly owner: string;
  /** The subscription on which the instance is to live. */
  readonly subscription?: string;
}

/** Facts of the host as old as this are good enough to find a place for a VM without devices, and for the status. */
const factsMaxAgeMs = 5000;
/** Who comes right after the daemon's start waits so long until libvirt is read. */
const firstReadingMs = 10_000;
/** What QEMU takes beside the guest's memory. */
const overheadMib = 128;

export function createHostSituations(options: HostSituationOptions): HostSituations {
  const { view, host, care, records, pending, changed, subscriptions, pool, volumeBytes, log } = options;

  const policy = (totalMib: number, holder: Holder | null): PlacementPolicy => {
    const row = view.pool(pool.name);
    const held = subscriptions.storageOf(
      pool.name,
      (owner) => volumeBytes(pool.name, owner),
      holder?.owner ?? null,
    );
    return {
      reservedMemoryMib: options.reservedMemoryMib ?? reservedOf(totalMib),
      overheadMib,
      pool: {
        name: pool.name,
        availableBytes: row === undefined ? null : Math.max(0, Number(row.availableBytes) - held),
        ...(held > 0 && { heldBytes: held }),
      },
    };
  };

  const claims = (holder: Holder | null) => {
    const underway = pending.claims();
    const held = new Set(underway.map(({ holder }) => holder));
    const settled = view
      .domains()
      .filter(({ uuid }) => !held.has(uuid))
      .flatMap((domain) => claimOfDomain(domain, records.of(domain), overheadMib) ?? []);
    const taken = changed.beside([...settled, ...underway]);
    return [...taken, ...subscriptions.claims(taken, holder?.subscription)];
  };

  const inputFor = async (spec: Spec, maxAgeMs: number, holder: Holder | null): Promise<PlacementInput> => {
    if (!(await wasRead(view, firstReadingMs))) throw unread();
    const [facts, media] = await Promise.all([host.read({ maxAgeMs }), options.readMedia(spec)]);
    return {
      spec,
      host: facts,
      claims: claims(holder),
      conditions: care.conditions(facts),
      networks: networkOffers(view),
      volumes: volumeOffers(view, pending.disks()),
      images: imageOffers(options.images.list(), view),
      media,
      policy: policy(facts.memory.totalMib, holder),
    };
  };
  const planWith = async (spec: Spec, maxAgeMs: number, holder: Holder | null) => {
    const input = await inputFor(spec, maxAgeMs, holder);
    return { input, answer: planPlacement(input) };
  };

  let situation: HostSituation | null = null;

  return {
    async plan(spec, holder) {
      // Who uses a device may have changed a moment ago.
      if (spec.pci.length > 0) return planWith(spec, 0, holder ?? null);
      const planned = await planWith(spec, factsMaxAgeMs, holder ?? null);
      // Nobody is sent away because of what was true a moment ago.
      return planned.answer.ok ? planned : planWith(spec, 0, holder ?? null);
    },
    async replan(rebooking) {
      return planPlacement(rebookingInput(await inputFor(rebooking.spec, 0, null), rebooking));
    },
    current() {
      const facts = host.current();
      void host.read({ maxAgeMs: factsMaxAgeMs }).catch((error: unknown) => {
        log.debug({ err: error }, 'the host could not be read');
      });
      const { ageMs, revision: viewRevision } = view.status();
      if (facts === null || ageMs === null) throw unread();
      const conditions = care.conditions(facts);
      const revision = `${viewRevision}/${pending.revision()}/${changed.revision()}/${subscriptions.revision()}/${care.revision()}/${facts.readAt}`;
      // Asked for at every status request: the claims of a thousand domains are not counted again for each.
      if (situation?.revision !== revision) {
        situation = {
          facts,
          claims: claims(null),
          conditions,
          policy: policy(facts.memory.totalMib, null),
          revision,
        };
      }
      return situation;
    },
  };
}

function unread(): ProtiumError {
  return new ProtiumError('libvirt-unavailable', 'libvirt has not been read yet; is libvirtd running?');
}

/** A sixteenth of the memory, at least 512 MiB, at most 8 GiB. */
function reservedOf(totalMib: number): number {
  return Math.min(8192, Math.max(512, Math.floor(totalMib / 16)));
}
