import type { Spec } from '../spec/spec.ts';
import type { EndAction, Interval, LeaseCapacity, LeaseState, ProfileStep } from './lease.ts';
import type { LeaseRecord } from './lease-record.ts';

/** What is booked, read already. */
export interface BookedWish {
  readonly spec: Spec;
  /** By whose name it was asked for; null: by a config. */
  readonly flavor: string | null;
  readonly namedDevices: readonly string[];
}

export interface CreateLease {
  readonly owner: string;
  /** Id of the user who makes it, for whose quota it counts too; left out: nobody whom Protium keeps. */
  readonly creator?: string;
  readonly name: string;
  readonly wish: BookedWish;
  /** null: now. */
  readonly start: number | null;
  /** null: after `durationMs`. */
  readonly end: number | null;
  readonly durationMs: number;
  /** false: the capacity is held only. */
  readonly launch: boolean;
  readonly endAction: EndAction;
  readonly graceMs: number;
  readonly warnBeforeMs: readonly number[];
  /** null: once. */
  readonly repeat: {
    /** As recurrence-input.ts reads it, or `weekly:MO,WE`. */
    readonly rule: string;
    /** null: the rule says it. */
    readonly until: number | null;
    /** null: that of the rules. */
    readonly timeZone: string | null;
  } | null;
  /** Empty: none. */
  readonly idempotencyKey: string;
  readonly validateOnly: boolean;
}

export interface LeaseList {
  readonly owner?: string;
  readonly states: readonly LeaseState[];
  readonly from?: number;
  readonly until?: number;
  readonly recurrence?: string;
  readonly after?: { readonly start: number; readonly id: string };
  readonly limit: number;
}

export interface AvailabilityQuestion {
  /** Whose limits count, as for a booking. */
  readonly owner: string;
  readonly creator?: string;
  readonly wish: BookedWish;
  readonly durationMs: number;
  /** null: now. */
  readonly from: number | null;
  /** null: as far ahead as may be booked. */
  readonly until: number | null;
  readonly limit: number;
}

export interface AvailabilityAnswer {
  readonly windows: readonly {
    readonly start: number;
    readonly latestStart: number;
    readonly devices: readonly string[];
  }[];
  /** Where there is none: what is missing at first, or against the rules, in sentences. */
  readonly shortages: readonly string[];
}

export interface LeaseCalendar {
  readonly interval: Interval;
  readonly capacity: LeaseCapacity;
  readonly steps: readonly ProfileStep[];
  readonly leases: readonly LeaseRecord[];
}

/**
 * The use cases of leases. Changes reject with `lease-conflict` (every shortage, and the next start that fits), `lease-refused`
 * (a rule), `host-incapable` (never on this host), `argument-invalid`, `not-found` and `libvirt-unavailable`.
 */
export interface Leases {
  /** One, or all of a repetition; nothing unless all fit. Also `already-exists`, `definition-conflict`. */
  create(
    request: CreateLease,
  ): Promise<{ readonly leases: readonly LeaseRecord[]; readonly notices: readonly string[] }>;
  list(query: LeaseList): readonly LeaseRecord[];
  /** By id, else by the name of one that is not over. */
  get(named: string): LeaseRecord;
  /** Also `precondition-failed`, `state-conflict`. */
  update(request: {
    readonly lease: string;
    readonly start: number | null;
    readonly end: number | null;
    readonly etag: string;
    readonly validateOnly: boolean;
  }): Promise<LeaseRecord>;
  /** One, or all of a repetition that are not over. One that has begun ends now. Also as update. */
  cancel(request: {
    readonly lease: string;
    readonly etag: string;
    readonly validateOnly: boolean;
  }): Promise<readonly LeaseRecord[]>;
  availability(question: AvailabilityQuestion): Promise<AvailabilityAnswer>;
  calendar(interval: Interval): Promise<LeaseCalendar>;
}

/** Differs whenever the lease does. */
export function etagOf({ version }: Pick<LeaseRecord, 'version'>): string {
  return String(version);
}
