import type { Analysis, Requirement } from '../analysis.ts';
import type { EndAction } from '../../leases/lease.ts';
import type { Check } from './guest-findings.ts';
import type { Choices, ProvisionPlan } from './plan.ts';

/**
 * booking: its lease is being booked. waiting: for the lease's start, and then for the guest's address. ready: it can be logged
 * in to. undoing: what was made is being taken back. The others are final; `ended` is a ready one whose lease is over.
 */
export type ProvisionState = 'booking' | 'waiting' | 'ready' | 'undoing' | 'ended' | 'failed' | 'cancelled';

/** How its machine is reached. */
export interface Access {
  /** null: nobody knows; ssh's own default. */
  readonly user: string | null;
  /** The floating one, where one was asked for. */
  readonly address: string;
  readonly port: number;
  /** By which the guest's sshd is to be known; empty: those of its image. */
  readonly hostKeys: readonly string[];
}

export interface Provision {
  /** uuid */
  readonly id: string;
  /** 32 lower-case hexadecimal digits. */
  readonly owner: string;
  /** Id of the user who asked for it; absent: nobody whom Protium keeps. */
  readonly creator?: string;
  readonly name: string;
  readonly state: ProvisionState;
  readonly plan: ProvisionPlan;
  readonly requirement: Requirement;
  readonly endAction: EndAction;
  /** uuid of the lease; null: it is not booked (yet). */
  readonly lease: string | null;
  readonly instance: string | null;
  readonly access: Access | null;
  /** What was looked at before it was ready; left out: nothing yet. */
  readonly checks?: readonly Check[];
  /** What is being done, for a person. */
  readonly progress: string;
  /** Why it failed; null: it has not. */
  readonly problem: string | null;
  /** Of one that is being undone: what it is then. */
  readonly outcome: 'failed' | 'cancelled' | null;
  readonly createdAt: number;
  /** Grows with every change. */
  readonly version: number;
}

export interface ProvisionRequest {
  readonly owner: string;
  /** Id of the user who asks for it, for whose quota it counts too; left out: nobody whom Protium keeps. */
  readonly creator?: string;
  readonly analysis: Analysis;
  readonly choices: Choices;
  readonly endAction: EndAction;
}

/** The use cases of provisions. All may reject with `argument-invalid`, `not-found` and `libvirt-unavailable`. */
export interface Provisions {
  /** A dry run: nothing is booked. What is in the way is in the plan's `refusals`. */
  plan(request: ProvisionRequest): Promise<ProvisionPlan>;
  /**
   * Plans, books the lease, and answers; the rest goes on by itself. Rejects with `host-incapable` (with every refusal), or as
   * a booking does; `precondition-failed` when `planEtag` is not that of the plan any more. The same key with the same
   * request means the same provision; with another one `definition-conflict`.
   */
  run(
    request: ProvisionRequest,
    options: { readonly idempotencyKey: string; readonly planEtag: string },
  ): Promise<Provision>;
  /** Newest first. */
  list(query: {
    readonly owner?: string;
    readonly limit: number;
    readonly after?: { readonly createdAt: number; readonly id: string };
  }): readonly Provision[];
  /** By id, else by the name of the newest that is called so. */
  get(named: string): Provision;
  /** Takes back what was made. Rejects with `state-conflict` when it is ready, or over. */
  cancel(named: string, options: { readonly validateOnly: boolean }): Provision;
}

export function isOver({ state }: Pick<Provision, 'state'>): boolean {
  return state === 'ended' || state === 'failed' || state === 'cancelled';
}
