import type { DeviceCare } from '../devices/device-care.ts';
import { ProtiumError } from '../errors/protium-error.ts';
import type { HostFacts } from '../host/facts.ts';
import type { HostReader } from '../host/reader.ts';
import { wasRead } from '../libvirt/live-view/first-reading.ts';
import type { LeaseHolds } from '../leases/holds.ts';
import { backfillNotice } from '../leases/outlook.ts';
import type { LiveView } from '../libvirt/live-view/live-view.ts';
import type { Logger } from '../observability/log.ts';
import type { Claim } from '../placement/claim.ts';
import { withheldDevices } from '../placement/withheld.ts';
import { planPlacement } from '../placement/place.ts';
import type { PlacementAnswer, PlacementInput, PlacementPolicy } from '../placement/plan.ts';
import type { Spec } from '../spec/spec.ts';
import type { SubscriptionHolds } from '../subscriptions/holds.ts';
import type { VolumeOwners } from '../subscriptions/volume-owners.ts';
import type { Rebooking } from './changes/booking.ts';
import type { ChangedClaims } from './changes/changed-claims.ts';
import { rebookingInput } from './changes/rebooking-input.ts';
import { claimOfDomain } from './claims.ts';
import type { CheckOptions, HostSituation } from './instance.ts';
import type { Images } from '../images/image.ts';
import type { ReadMedia } from './media.ts';
import { imageOffers, networkOffers, volumeOffers } from './offers.ts';
import type { ProjectLimits } from './project-limits.ts';
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
  readonly leases: Pick<LeaseHolds, 'holdsNothing' | 'claims' | 'named' | 'outlook' | 'revision'>;
  readonly limits: Pick<ProjectLimits, 'devices'>;
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
   * with `libvirt-unavailable` where it is not read within some seconds. Room that is leased later may be had until then.
   */
  plan(spec: Spec, holder: Holder): Promise<Planned>;
  /** Plans the processor, memory and further host devices of an instance that there is; rejects likewise. */
  replan(rebooking: Rebooking): Promise<PlacementAnswer>;
  /** Synchronous and quick; throws ProtiumError `libvirt-unavailable` before the host was read once. */
  current(): HostSituation;
}

export interface Planned {
  readonly input: PlacementInput;
  readonly answer: PlacementAnswer;
  /** Then a lease needs what was planned; null: none does. */
  readonly until: number | null;
}

/** For whom it is planned. */
export interface Holder extends Omit<CheckOptions, 'owner'> {
  /** null: nobody yet. */
  readonly owner: string | null;
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
  const { view, host, care, records, pending, changed, subscriptions, leases, pool, volumeBytes, log } =
    options;

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

  const unleased = (holder: Holder | null): readonly Claim[] => {
    const underway = pending.claims();
    const held = new Set(underway.map(({ holder }) => holder));
    const settled = view
      .domains()
      .filter(({ uuid, id }) => !held.has(uuid) && (id !== null || !leases.holdsNothing(uuid)))
      .flatMap((domain) => claimOfDomain(domain, records.of(domain), overheadMib) ?? []);
    const taken = changed.beside([...settled, ...underway]);
    return [...taken, ...subscriptions.claims(taken, holder?.subscription)];
  };
  const claims = (holder: Holder | null): readonly Claim[] => {
    const taken = unleased(holder);
    return [...taken, ...leases.claims(taken, holder?.lease)];
  };

  const inputFor = async (spec: Spec, maxAgeMs: number, holder: Holder | null): Promise<PlacementInput> => {
    if (!(await wasRead(view, firstReadingMs))) throw unread();
    const owner = holder?.owner ?? null;
    const [facts, media] = await Promise.all([host.read({ maxAgeMs }), options.readMedia(spec)]);
    return {
      spec,
      host: facts,
      claims: [...claims(holder), ...othersThan(facts, spec, holder?.leasedDevices)],
      conditions: [
        ...care.conditions(facts),
        ...withheldDevices(facts, owner === null ? null : options.limits.devices(owner)),
      ],
      networks: networkOffers(view),
      volumes: volumeOffers(view, pending.disks()),
      images: imageOffers(options.images.list(), view),
      media,
      policy: policy(facts.memory.totalMib, holder),
    };
  };
  /** On devices that no lease names, where there are such; what leases need later is told. */
  const planWith = async (spec: Spec, maxAgeMs: number, holder: Holder | null): Promise<Planned> => {
    const input = await inputFor(spec, maxAgeMs, holder);
    if (holder?.lease !== undefined) return { input, answer: planPlacement(input), until: null };
    const named = leases.named();
    const apart =
      named.length === 0 ? null : planPlacement({ ...input, claims: [...input.claims, ...named] });
    const answer = apart?.ok === true ? apart : planPlacement(input);
    const paid = holder?.subscription !== undefined;
    if (!answer.ok || paid) return { input, answer, until: null };
    const { permanent = false } = holder ?? {};
    const { plan } = answer;
    const outlook = leases.outlook({ spec, plan, permanent }, { ...input, claims: unleased(holder) });
    switch (outlook.kind) {
      case 'free':
        return { input, answer, until: null };
      case 'refused': {
        const { devices } = answer;
        return { input, answer: { ok: false, refusal: { reasons: outlook.reasons }, devices }, until: null };
      }
      case 'until': {
        const warnings = [...plan.warnings, backfillNotice(outlook)];
        return { input, answer: { ...answer, plan: { ...plan, warnings } }, until: outlook.until };
      }
    }
  };

  let situation: HostSituation | null = null;

  return {
    async plan(spec, holder) {
      // Who uses a device may have changed a moment ago.
      if (spec.pci.length > 0) return planWith(spec, 0, holder);
      const planned = await planWith(spec, factsMaxAgeMs, holder);
      // Nobody is sent away because of what was true a moment ago.
      return planned.answer.ok ? planned : planWith(spec, 0, holder);
    },
    async replan(rebooking) {
      const domain = view.domain(rebooking.uuid);
      const owner = domain === undefined ? null : (records.of(domain)?.owner ?? null);
      const withheld = withheldDevices(
        host.current() ?? { pci: [] },
        owner === null ? null : options.limits.devices(owner),
      );
      const found = await inputFor(rebooking.spec, 0, null);
      const input = { ...found, conditions: [...found.conditions, ...withheld] };
      const answer = planPlacement(rebookingInput(input, rebooking));
      if (!answer.ok) return answer;
      // More than it has now must not be what a lease has later.
      const { spec, uuid: instance } = rebooking;
      const plan = { ...answer.plan, pci: [...rebooking.plan.pci, ...answer.plan.pci] };
      const outlook = leases.outlook(
        { spec, plan, instance, permanent: true },
        { ...input, claims: unleased(null) },
      );
      if (outlook.kind !== 'refused') return answer;
      return { ok: false, refusal: { reasons: outlook.reasons }, devices: answer.devices };
    },
    current() {
      const facts = host.current();
      void host.read({ maxAgeMs: factsMaxAgeMs }).catch((error: unknown) => {
        log.debug({ err: error }, 'the host could not be read');
      });
      const { ageMs, revision: viewRevision } = view.status();
      if (facts === null || ageMs === null) throw unread();
      const conditions = care.conditions(facts);
      const revision = `${viewRevision}/${pending.revision()}/${changed.revision()}/${subscriptions.revision()}/${leases.revision()}/${care.revision()}/${facts.readAt}`;
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

/** Devices of the same kinds as those that it is to have, as if they were taken: so that it gets these. */
function othersThan({ pci }: HostFacts, spec: Spec, meant: readonly string[] | undefined): readonly Claim[] {
  if (meant === undefined) return [];
  const groups = new Set(pci.flatMap((device) => (meant.includes(device.address) ? device.iommuGroup : [])));
  const others = pci.filter(
    ({ address, vendor, model, iommuGroup }) =>
      spec.pci.some((asked) => asked.vendor === vendor && asked.model === model) &&
      !meant.includes(address) &&
      !groups.has(iommuGroup),
  );
  if (others.length === 0) return [];
  return [
    {
      holder: '',
      name: 'the choice of devices for the lease',
      kind: 'lease',
      cores: [],
      overprovision: 10,
      slots: 0,
      memoryMib: 0,
      memoryNodes: [],
      hugepages: null,
      pci: others.map(({ address }) => address),
    },
  ];
}

function unread(): ProtiumError {
  return new ProtiumError('libvirt-unavailable', 'libvirt has not been read yet; is libvirtd running?');
}

/** A sixteenth of the memory, at least 512 MiB, at most 8 GiB. */
function reservedOf(totalMib: number): number {
  return Math.min(8192, Math.max(512, Math.floor(totalMib / 16)));
}
