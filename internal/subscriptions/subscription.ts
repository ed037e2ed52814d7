import type { Plan } from '../placement/plan.ts';
import type { Spec } from '../spec/spec.ts';

/** A part of the host that is held for an owner until it is ended. Times in milliseconds since 1970. */
export interface Subscription {
  /** uuid */
  readonly id: string;
  /** 32 lower-case hexadecimal digits. */
  readonly owner: string;
  /** Of the plan that was subscribed to. */
  readonly plan: string;
  /** As it was then. */
  readonly pricePerMonth: number;
  readonly held: Held;
  /** uuid of the instance that was placed on it last, which may be gone; null: none ever was. */
  readonly instance: string | null;
  readonly createdAt: number;
  /** null: it goes on. */
  readonly endedAt: number | null;
}

export type Held =
  | {
      readonly kind: 'flavor';
      readonly flavor: string;
      /** What an instance on it takes of the host. */
      readonly asked: Asked;
      /** Where that is on the host. */
      readonly plan: Pick<Plan, 'cpu' | 'memory' | 'pci'>;
    }
  | { readonly kind: 'storage'; readonly pool: string; readonly bytes: number }
  /** IPv4, of the pool of floating addresses. */
  | { readonly kind: 'address'; readonly address: string };

/** Of a spec what takes a part of the host. */
export interface Asked {
  readonly slots: number;
  readonly allowSmt: boolean;
  readonly overprovision: number;
  readonly topology: Spec['tuning']['topology'];
  readonly memoryMib: number;
  readonly hugepages: boolean;
  /** Sorted. */
  readonly devices: readonly { readonly vendor: string; readonly model: string; readonly quantity: number }[];
}

/** What can be subscribed to. */
export interface SubscriptionPlan {
  /** The flavor's name, `storage-100gib` or `floating-address`. */
  readonly id: string;
  readonly kind: Held['kind'];
  /** For a person. */
  readonly description: string;
  /** For each month of the calendar; of a part of one, that part. */
  readonly pricePerMonth: number;
}

/** Finds, begins and ends subscriptions. */
export interface Subscriptions {
  /** What can be subscribed to, whether it can be had now or not. Rejects with `libvirt-unavailable`. */
  plans(): Promise<readonly SubscriptionPlan[]>;
  /** Oldest first; ended ones only when they are asked for. */
  list(query: { readonly owner?: string; readonly ended?: boolean }): readonly Subscription[];
  /** Ended ones too. Throws `not-found`: there is none, or it is another owner's. */
  get(id: string, owner?: string): Subscription;
  /** The instance that lives on it now, or to which its address leads; null: none. */
  usedBy(subscription: Subscription): string | null;
  /**
   * Holds what the plan says from now on. Rejects with `not-found` (no such plan), `host-incapable` with every reason,
   * `storage-full`, `resource-in-use` (no address is free), and `definition-conflict` when the key was used for another request.
   */
  create(request: {
    readonly owner: string;
    readonly plan: string;
    readonly idempotencyKey?: string;
    readonly validateOnly?: boolean;
  }): Promise<Subscription>;
  /**
   * Ends it. Rejects with `not-found`, also when it has ended, and with `resource-in-use` while an instance lives on it,
   * unless `keepInstance`: the instance then stays where it is, on its own account. An address that leads to an instance goes
   * on leading to it, as any other would.
   */
  end(request: {
    readonly id: string;
    readonly owner?: string;
    readonly keepInstance?: boolean;
    readonly validateOnly?: boolean;
  }): Promise<Subscription>;
}
