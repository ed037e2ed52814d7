import type { Subscription } from '../subscriptions/subscription.ts';
import type { UsageRecord } from '../usage/usage.ts';

/** What an owner had in one month of the calendar, in UTC. It is made of the records, whenever it is asked for. */
export interface Invoice {
  /** `2026-11-OWNER` */
  readonly id: string;
  readonly owner: string;
  /** `2026-11` */
  readonly month: string;
  /** ISO times; `to` is outside of it. */
  readonly from: string;
  readonly to: string;
  /** false: the month is not over, and there is more to come. */
  readonly closed: boolean;
  readonly lines: readonly InvoiceLine[];
  /** The sum of the lines' amounts. */
  readonly total: number;
}

export interface InvoiceLine {
  readonly kind: 'instance' | 'subscription';
  /** uuid of the instance, or id of the subscription. */
  readonly subject: string;
  /** The instance's name, or what is subscribed to. */
  readonly name: string;
  readonly tag: string | null;
  readonly flavor: string | null;
  /** For so long it ran, or was held, in that month. */
  readonly seconds: number;
  /** For an hour of an instance, for a month of a subscription. */
  readonly price: number;
  /** Rounded to 1e-4. */
  readonly amount: number;
}

const idPattern = /^(\d{4})-(0[1-9]|1[0-2])-([0-9a-f]{32})$/;
const scale = 1e4;

/** Month and owner of an invoice's id; null: it is none. */
export function readInvoiceId(id: string): { readonly month: string; readonly owner: string } | null {
  const [, year, month, owner] = idPattern.exec(id) ?? [];
  return year === undefined || month === undefined || owner === undefined
    ? null
    : { month: `${year}-${month}`, owner };
}

/** The time from the beginning of a month (`2026-11`) to its end, in milliseconds since 1970. */
export function monthSpan(month: string): { readonly from: number; readonly to: number } {
  const [year = 0, number = 1] = month.split('-').map(Number);
  return { from: Date.UTC(year, number - 1), to: Date.UTC(year, number) };
}

/** The month in which a moment is. */
export function monthOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 7);
}

/**
 * The invoices of all owners and months of which there is anything, newest month first, then by owner. Pure.
 *
 * @param subscriptions ended ones too
 * @param now milliseconds since 1970
 */
export function invoicesOf(
  records: readonly UsageRecord[],
  subscriptions: readonly Subscription[],
  now: number,
): readonly Invoice[] {
  const owners = new Map<
    string,
    { records: UsageRecord[]; subscriptions: Subscription[]; months: Set<string> }
  >();
  const of = (owner: string) => {
    const known = owners.get(owner) ?? { records: [], subscriptions: [], months: new Set<string>() };
    owners.set(owner, known);
    return known;
  };
  for (const record of records) {
    const known = of(record.owner);
    known.records.push(record);
    const { from, to } = spanOf(record);
    for (const month of monthsBetween(from, to)) known.months.add(month);
  }
  for (const subscription of subscriptions) {
    const known = of(subscription.owner);
    known.subscriptions.push(subscription);
    const { createdAt, endedAt } = subscription;
    for (const month of monthsBetween(createdAt, endedAt ?? now)) known.months.add(month);
  }
  return [...owners]
    .flatMap(([owner, known]) =>
      [...known.months].map((month) => invoiceOf(owner, month, known.records, known.subscriptions, now)),
    )
    .filter(({ lines }) => lines.length > 0)
    .sort((a, b) => (a.month === b.month ? compare(a.owner, b.owner) : compare(b.month, a.month)));
}

/** One of them: of what is the owner's in that month. */
export function invoiceOf(
  owner: string,
  month: string,
  records: readonly UsageRecord[],
  subscriptions: readonly Subscription[],
  now: number,
): Invoice {
  const { from, to } = monthSpan(month);
  const lines = [
    ...instanceLines(
      records.filter((record) => record.owner === owner),
      from,
      to,
    ),
    ...subscriptionLines(
      subscriptions.filter((subscription) => subscription.owner === owner),
      { from, to, now },
    ),
  ];
  return {
    id: `${month}-${owner}`,
    owner,
    month,
    from: new Date(from).toISOString(),
    to: new Date(to).toISOString(),
    closed: now >= to,
    lines,
    // In whole units: a sum of many amounts drifts.
    total: lines.reduce((sum, { amount }) => sum + Math.round(amount * scale), 0) / scale,
  };
}

/** One line for each instance and price, in the order of the first run. */
function instanceLines(records: readonly UsageRecord[], from: number, to: number): readonly InvoiceLine[] {
  const lines = new Map<string, { record: UsageRecord; ms: number }>();
  for (const record of records) {
    const span = spanOf(record);
    const ms = Math.min(span.to, to) - Math.max(span.from, from);
    if (ms <= 0) continue;
    const key = `${record.instance}/${record.pricePerHour}/${record.subscription ?? ''}`;
    const line = lines.get(key);
    lines.set(key, { record, ms: (line?.ms ?? 0) + ms });
  }
  return [...lines.values()].map(({ record, ms }) => ({
    kind: 'instance',
    subject: record.instance,
    name: record.name,
    tag: record.tag,
    flavor: record.flavor,
    seconds: Math.floor(ms / 1000),
    price: record.pricePerHour,
    amount: rounded((Math.floor(ms / 1000) / 3600) * record.pricePerHour),
  }));
}

function subscriptionLines(
  subscriptions: readonly Subscription[],
  { from, to, now }: { readonly from: number; readonly to: number; readonly now: number },
): readonly InvoiceLine[] {
  return subscriptions.flatMap(({ id, plan, held, pricePerMonth, createdAt, endedAt }): InvoiceLine[] => {
    const ms = Math.min(endedAt ?? now, to) - Math.max(createdAt, from);
    if (ms <= 0) return [];
    return [
      {
        kind: 'subscription',
        subject: id,
        name: plan,
        tag: null,
        flavor: held.kind === 'flavor' ? held.flavor : null,
        seconds: Math.floor(ms / 1000),
        price: pricePerMonth,
        amount: rounded(pricePerMonth * (ms / (to - from))),
      },
    ];
  });
}

/** A run is without gaps: it ended, or is known to go on, so long after its start. */
function spanOf({ startedAt, endedAt, seconds }: UsageRecord): {
  readonly from: number;
  readonly to: number;
} {
  const from = Date.parse(startedAt);
  return { from, to: endedAt === null ? from + seconds * 1000 : Date.parse(endedAt) };
}

/** Every month that has a part of it. */
function monthsBetween(from: number, to: number): readonly string[] {
  const months: string[] = [];
  for (let at = from; at < to; at = monthSpan(monthOf(at)).to) months.push(monthOf(at));
  return months;
}

function rounded(amount: number): number {
  return Math.round(amount * scale) / scale;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
