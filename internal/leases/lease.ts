import type { Asked } from '../subscriptions/subscription.ts';

/** All times are milliseconds since 1970 (UTC); every interval is half open: [start, end). */
export interface Interval {
  readonly start: number;
  readonly end: number;
}

/** What of the host a lease has while it lasts; the same parts that a subscription can hold. */
export type LeaseDemand = Asked & {
  /**
   * Addresses that the user names ("0000:01:00.0"), sorted; such devices are the lease's from booking on, others are bound at
   * its start. They are of those that `devices` counts: one of 10de:2489 named and a quantity of two is two devices. Of a class
   * of which more are named than are counted, those that are named are meant.
   */
  readonly namedDevices: readonly string[];
};

export type LeaseState = 'pending' | 'active' | 'ending' | 'ended' | 'cancelled' | 'failed';

/** What becomes of the instance at the end. */
export type EndAction = 'stop' | 'snapshot' | 'delete';

export interface Lease {
  /** uuid */
  readonly id: string;
  /** 32 lower-case hexadecimal digits. */
  readonly owner: string;
  /** Id of the user who made it; absent: nobody whom Protium keeps. */
  readonly creator?: string;
  /** For a person, and unique among an owner's leases that have not ended. */
  readonly name: string;
  readonly interval: Interval;
  readonly demand: LeaseDemand;
  readonly state: LeaseState;
  /** What is launched at the start, as POST /v1/instances takes it; null: the capacity is held only. */
  readonly launch: LeaseLaunch | null;
  readonly endAction: EndAction;
  /** Milliseconds after the end until the end action is forced. */
  readonly graceMs: number;
  /** Milliseconds before the end at which its owner is warned, longest first; one that is longer than the lease is left out. */
  readonly warnBeforeMs: readonly number[];
  /** Bound at the start: addresses of the devices; empty before. */
  readonly devices: readonly string[];
  /** uuid of the instance that was launched; null: none (yet). */
  readonly instance: string | null;
  /** Of a lease that was made by a recurrence: the recurrence's id. */
  readonly recurrence: string | null;
  /** Why it failed, or what a person should know; null: nothing. */
  readonly problem: string | null;
  readonly createdAt: number;
  /** Grows with every change: the etag. */
  readonly version: number;
}

export interface LeaseLaunch {
  /** Elemento config as in POST /v1/instances. */
  readonly config: object;
  /** Of a flavor; null: by the config alone. */
  readonly flavor: string | null;
}

/** What the host has for leases: without what is left to the host itself and what holds without an end. */
export interface LeaseCapacity {
  /** Cores that can be given out, whole; a core bears `threads` logical CPUs. */
  readonly cores: number;
  readonly threadsPerCore: number;
  /** Ordinary memory. */
  readonly memoryMib: number;
  /** What is set aside as huge pages, of all sizes together. */
  readonly hugepagesMib: number;
  /** Ordinary memory that each VM takes beside its own. */
  readonly overheadMib: number;
  readonly devices: readonly {
    readonly address: string;
    readonly vendor: string;
    readonly model: string;
  }[];
  /**
   * What domains, operations and subscriptions have without a known end: they count in every instant. Their memory is with
   * QEMU's own share already.
   */
  readonly standing: readonly LeaseDemandAt[];
}

/** A demand with the devices it has now. */
export interface LeaseDemandAt {
  readonly demand: LeaseDemand;
  readonly devices: readonly string[];
}

/** Which resource is the one that does not suffice, when, and how much of it there would be. */
export interface LeaseShortage {
  /** Cores whole; memory and huge pages in MiB, with QEMU's own share; devices counted. */
  readonly resource: 'cores' | 'memory' | 'hugepages' | 'devices';
  /** "10de:2489" or an address; null: not a device. */
  readonly device: string | null;
  readonly at: number;
  readonly wanted: number;
  readonly available: number;
}

/**
 * The leases of one host over time. Pure in-memory structure: loaded from the store once, kept in step by whoever changes
 * the store, under the lock `allocation`. 10,000 leases: `earliest` within 5 ms, `check` far below 10.
 */
export interface LeaseBook {
  put(lease: BookedLease): void;
  remove(id: string): void;
  /** null: it fits for the whole interval; else every shortage, the first instant of each. `without`: a lease that it takes the place of. */
  check(
    request: { readonly interval: Interval; readonly demand: LeaseDemand },
    capacity: LeaseCapacity,
    without?: string,
  ): readonly LeaseShortage[] | null;
  /** The earliest starts, ascending, from `from` on and at most `horizon`, at which a lease of that length fits: the first of each window that is free. */
  earliest(
    request: {
      readonly from: number;
      readonly horizon: number;
      readonly lengthMs: number;
      readonly demand: LeaseDemand;
      readonly limit: number;
      readonly granularityMs?: number;
    },
    capacity: LeaseCapacity,
  ): readonly { readonly start: number; readonly latestStart: number }[];
  /** How much is taken in each instant of the interval, what stands included: steps, ascending, the first at the interval's start. */
  profile(interval: Interval, capacity: LeaseCapacity): readonly ProfileStep[];
  /** Leases whose interval meets this one, by start, then id. */
  meeting(interval: Interval): readonly BookedLease[];
}

/** What is taken from `at` on, until the next step. */
export interface ProfileStep {
  readonly at: number;
  /** Whole cores. */
  readonly cores: number;
  /** Ordinary memory, with QEMU's own share. */
  readonly memoryMib: number;
  /** By "10de:2489": how many of the class; classes of which none is taken are left out. */
  readonly devices: Readonly<Record<string, number>>;
  /** Ids, sorted. */
  readonly leases: readonly string[];
}

export type BookedLease = Pick<Lease, 'id' | 'interval' | 'demand' | 'devices'>;
