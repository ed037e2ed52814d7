import type { Plan } from '../placement/plan.ts';
import type { Database } from '../store/database.ts';
import type { Held, Subscription } from './subscription.ts';

/** The subscriptions. Every change is durable when the call returns. */
export interface SubscriptionStore {
  /** Oldest first, ended ones too. */
  all(): readonly Subscription[];
  get(id: string): Subscription | undefined;
  byIdempotencyKey(owner: string, key: string): Subscription | undefined;
  insert(subscription: Subscription, idempotencyKey: string | null): void;
  /** Notes which instance lives on it, and where that is. */
  occupy(id: string, instance: string, held: Held): void;
  end(id: string, at: number): void;
  /** Grows with each change. */
  revision(): number;
}

interface Row {
  readonly id: string;
  readonly owner: string;
  readonly plan: string;
  readonly price_per_month: number;
  readonly held: string;
  readonly instance: string | null;
  readonly created_at: number;
  readonly ended_at: number | null;
  readonly idempotency_key: string | null;
}

/** The table of the migration 0012-subscriptions. */
export function createSubscriptionStore(database: Database): SubscriptionStore {
  const select = database.prepare<Row>('SELECT * FROM subscription ORDER BY created_at, id');
  const insert = database.prepare(
    `INSERT INTO subscription (id, owner, plan, price_per_month, held, instance, created_at, ended_at, idempotency_key)
     VALUES (:id, :owner, :plan, :price, :held, :instance, :createdAt, :endedAt, :key)`,
  );
  const occupy = database.prepare(
    'UPDATE subscription SET instance = :instance, held = :held WHERE id = :id',
  );
  const end = database.prepare('UPDATE subscription SET ended_at = max(created_at, :at) WHERE id = :id');
  const byKey = database.prepare<{ id: string }>(
    'SELECT id FROM subscription WHERE owner = ? AND idempotency_key = ?',
  );
  let rows: readonly Subscription[] | null = null;
  let revision = 0;
  const changed = (): void => {
    rows = null;
    revision += 1;
  };
  const all = () => (rows ??= select.all().map(decode));
  const get = (id: string) => all().find((subscription) => subscription.id === id);
  return {
    all,
    get,
    byIdempotencyKey(owner, key) {
      const row = byKey.get([owner, key]);
      return row === undefined ? undefined : get(row.id);
    },
    insert({ id, owner, plan, pricePerMonth, held, instance, createdAt, endedAt }, key) {
      insert.run({
        id,
        owner,
        plan,
        price: pricePerMonth,
        held: JSON.stringify(held),
        instance,
        createdAt,
        endedAt,
        key,
      });
      changed();
    },
    occupy(id, instance, held) {
      occupy.run({ id, instance, held: JSON.stringify(held) });
      changed();
    },
    end(id, at) {
      end.run({ id, at });
      changed();
    },
    revision: () => revision,
  };
}

function decode(row: Row): Subscription {
  return {
    id: row.id,
    owner: row.owner,
    plan: row.plan,
    pricePerMonth: row.price_per_month,
    held: JSON.parse(row.held) as Held,
    instance: row.instance,
    createdAt: row.created_at,
    endedAt: row.ended_at,
  };
}

/** Of a plan what a subscription keeps. */
export function keptPlan({ cpu, memory, pci }: Plan): Pick<Plan, 'cpu' | 'memory' | 'pci'> {
  return { cpu, memory, pci };
}
