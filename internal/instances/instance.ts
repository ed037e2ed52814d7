import type { HostFacts } from '../host/facts.ts';
import type { Claim, DeviceCondition } from '../placement/claim.ts';
import type { PlacementAnswer, PlacementPolicy, Plan, Refusal } from '../placement/plan.ts';
import type { Spec } from '../spec/spec.ts';
import type { DomainState } from '../libvirt/objects.ts';
import type { Reach } from './addresses.ts';

/** A domain that Protium made from a config; spec, plan and owner are in the domain's metadata. */
export interface Instance {
  /** libvirt's uuid, dashed. */
  readonly uuid: string;
  /** The domain's name. */
  readonly domain: string;
  /** As the client named it. */
  readonly name: string;
  /** The client that registered it: 32 lower-case hexadecimal digits. */
  readonly owner: string;
  /** Id of the user who made it; absent: nobody whom Protium keeps. */
  readonly creator?: string;
  /** Without `guest`: secrets are not kept. */
  readonly spec: Spec;
  readonly plan: Plan;
  readonly state: DomainState;
  /** Public keys by which the guest's sshd is to be known; none: whatever its image has. */
  readonly sshHostKeys: readonly string[];
  /** ISO time. */
  readonly createdAt: string;
  /** Starts with the host. */
  readonly autostart: boolean;
  readonly description: string | null;
  /** Its memory is on disk: the next start goes on from there. */
  readonly saved: boolean;
  /** Volumes that were made for it. */
  readonly createdVolumes: readonly { readonly pool: string; readonly name: string; readonly id: string }[];
  /** Differs whenever its document or state differs. */
  readonly etag: string;
}

export interface RegisterRequest {
  readonly owner: string;
  /** Id of the user who makes it, for whose quota it counts too; left out: nobody whom Protium keeps. */
  readonly creator?: string;
  readonly name: string;
  readonly spec: Spec;
  /** The domain's name; left out: one that is like the name and free. ProtiumError `already-exists` when it is taken. */
  readonly domain?: string;
  /** The same key of the same owner means the same instance; with another request: `definition-conflict`. */
  readonly idempotencyKey?: string;
  /** Id of a subscription of the owner's, on whose part of the host it is to live; left out: wherever there is room. */
  readonly subscription?: string;
  /** Id or name of a lease of the owner's that has begun, on whose part of the host it is to live, and with which it ends. */
  readonly lease?: string;
  /** With `lease`: addresses of the devices that it gets; left out: those that suit. */
  readonly leasedDevices?: readonly string[];
  /** A floating address is bound to it, or it is not made; left out: none is. */
  readonly floatingAddress?: boolean;
}

export type BeginOutcome =
  | {
      readonly outcome: 'begun';
      readonly uuid: string;
      /** Of the operation; null: the instance is there, and the operation is no longer known. */
      readonly operation: string | null;
      readonly notices: readonly string[];
    }
  | { readonly outcome: 'refused'; readonly refusal: Refusal };

/** What a dry run of `begin` tells. */
export type TryOutcome =
  | { readonly outcome: 'possible'; readonly notices: readonly string[] }
  | { readonly outcome: 'refused'; readonly refusal: Refusal };

export type RegisterOutcome =
  | {
      readonly outcome: 'registered';
      readonly instance: Instance;
      /** The domain's document as libvirt has it. */
      readonly xml: string;
      /** What the client should know: warnings of the plan. */
      readonly notices: readonly string[];
      /** The same request was answered before, with the same instance. */
      readonly repeated: boolean;
    }
  | { readonly outcome: 'refused'; readonly refusal: Refusal };

export interface Removal {
  readonly operation: string;
  readonly done: Promise<{ readonly notices: readonly string[] }>;
  /** Volumes that were made for it and stay, by id. */
  readonly keptVolumes: readonly string[];
}

export interface UnregisterRequest {
  readonly owner: string;
  /** Dashed uuid. */
  readonly uuid: string;
  /** Also delete the volumes that register made. */
  readonly purge: boolean;
}

export type UnregisterOutcome =
  | {
      readonly outcome: 'unregistered';
      readonly keptVolumes: readonly string[];
      /** Devices that did not come back whole. */
      readonly notices: readonly string[];
    }
  /** No such instance, or another client's: the two are told apart only in the log. */
  | { readonly outcome: 'refused'; readonly reason: string };

/** Everything that the status of the host is computed from; one consistent moment. */
export interface HostSituation {
  readonly facts: HostFacts;
  readonly claims: readonly Claim[];
  readonly conditions: readonly DeviceCondition[];
  readonly policy: PlacementPolicy;
  /** Differs whenever anything above differs: status answers are computed once per revision. */
  readonly revision: string;
}

/** For what a place is looked for. */
export interface CheckOptions {
  /** The project: what is held for it is there for it, and it gets only devices that it may have; left out: nobody's yet. */
  readonly owner?: string;
  /** It is held without an end: what a lease has later is not for it. */
  readonly permanent?: boolean;
  /** It is for this lease, and on these devices, if they are named. */
  readonly lease?: string;
  readonly leasedDevices?: readonly string[];
}

/** The use cases of instances. All may reject with a ProtiumError, e.g. `libvirt-unavailable`. */
export interface Instances {
  /** A dry run: changes nothing, claims nothing. */
  check(spec: Spec, options?: CheckOptions): Promise<PlacementAnswer>;
  /** Places, claims, makes and starts; resolves when it runs, or with every reason why not. */
  register(request: RegisterRequest): Promise<RegisterOutcome>;
  /** The same, without waiting for the operation. */
  begin(request: RegisterRequest): Promise<BeginOutcome>;
  /** A dry run of `begin`: rejects as it does, and journals and claims nothing. */
  tryBegin(request: RegisterRequest): Promise<TryOutcome>;
  /**
   * Begins to remove it, with the volumes that were made for it if `purge`; resolves with the operation. Whose it is, is
   * not asked. One that is being made is not made any more. Rejects with `not-found`.
   */
  remove(uuid: string, options: { readonly purge: boolean }): Promise<Removal>;
  /** A dry run of `remove`: what it would remove, and what would stay, in sentences. Rejects with `not-found`. */
  tryRemove(uuid: string, options: { readonly purge: boolean }): Promise<readonly string[]>;
  /** Stops it, gives its devices back, removes it. */
  unregister(request: UnregisterRequest): Promise<UnregisterOutcome>;
  /** Newest first; of one client, or all. */
  list(owner?: string): readonly Instance[];
  get(uuid: string): Instance | undefined;
  /** Of one of that uuid or name that is being made. */
  uuidOfUnmade(named: string): string | undefined;
  /** How far its guest has come, and where it is to be reached. Waits a moment at most. */
  reach(uuid: string): Promise<Reach>;
  /** Synchronous and quick; throws ProtiumError `libvirt-unavailable` before the host was read once. */
  situation(): HostSituation;
}
