import type { Invoice } from '../../../internal/api/grpc/generated/protium/v1/invoices.ts';
import type {
  Subscription,
  SubscriptionPlan,
} from '../../../internal/api/grpc/generated/protium/v1/subscriptions.ts';
import type { UsageRecord } from '../../../internal/api/grpc/generated/protium/v1/usage.ts';
import { formatFields, formatTable } from './table.ts';
import { formatBytes, formatTime } from './units.ts';

/** A line a run. */
export function usageTable(records: readonly UsageRecord[]): string {
  return table(
    ['INSTANCE', 'NAME', 'FLAVOR', 'FROM', 'TO', 'SECONDS', 'PER HOUR', 'OWNER'],
    records.map((record) => [
      record.instance,
      record.name,
      record.flavor ?? '',
      formatTime(record.startTime),
      record.endTime === undefined ? 'running' : formatTime(record.endTime),
      String(record.seconds),
      record.subscription === undefined ? money(record.pricePerHour) : 'subscribed',
      record.owner,
    ]),
  );
}

/** A line an invoice. */
export function invoiceTable(invoices: readonly Invoice[]): string {
  return table(
    ['ID', 'CLOSED', 'LINES', 'TOTAL'],
    invoices.map(({ id, closed, lines, total }) => [
      id,
      closed ? 'yes' : 'no',
      String(lines.length),
      money(total),
    ]),
  );
}

/** One invoice with its lines. */
export function invoiceText({ id, owner, month, closed, lines, total }: Invoice): string {
  const fields = formatFields([
    ['id', id],
    ['owner', owner],
    ['month', `${month} (UTC)${closed ? '' : ', not closed: there is more to come'}`],
    ['total', money(total)],
  ]);
  const rows = table(
    ['KIND', 'NAME', 'FLAVOR', 'SECONDS', 'PRICE', 'AMOUNT', 'ID'],
    lines.map((line) => [
      line.kind,
      line.name,
      line.flavor ?? '',
      String(line.seconds),
      `${money(line.price)}/${line.kind === 'instance' ? 'hour' : 'month'}`,
      money(line.amount),
      line.subject,
    ]),
  );
  return `${fields}\n${rows}`;
}

/** A line a plan. */
export function subscriptionPlanTable(plans: readonly SubscriptionPlan[]): string {
  return table(
    ['PLAN', 'KIND', 'PER MONTH', 'WHAT'],
    plans.map(({ id, kind, pricePerMonth, description }) => [id, kind, money(pricePerMonth), description]),
  );
}

/** A line a subscription. */
export function subscriptionTable(subscriptions: readonly Subscription[]): string {
  return table(
    ['ID', 'PLAN', 'PER MONTH', 'INSTANCE', 'SINCE', 'ENDED', 'OWNER'],
    subscriptions.map((subscription) => [
      subscription.id,
      subscription.plan,
      money(subscription.pricePerMonth),
      subscription.instance ?? '',
      formatTime(subscription.createTime),
      formatTime(subscription.endTime),
      subscription.owner,
    ]),
  );
}

/** All of one subscription. */
export function subscriptionFields(subscription: Subscription): string {
  const { bytes, pool, address } = subscription;
  const fields = [
    ['id', subscription.id],
    ['plan', subscription.plan],
    [
      'holds',
      address ??
        (pool === undefined ? 'the room of the flavor' : `${formatBytes(bytes ?? 0n)} of the pool ${pool}`),
    ],
    ['per month', money(subscription.pricePerMonth)],
    ['instance', subscription.instance ?? ''],
    ['owner', subscription.owner],
    ['since', formatTime(subscription.createTime)],
    ['ended', formatTime(subscription.endTime)],
  ] as const;
  return formatFields(fields.filter(([, value]) => value !== ''));
}

function table(headers: readonly string[], rows: readonly (readonly string[])[]): string {
  return formatTable(
    headers,
    rows.map((row) => row.map((text) => ({ text }))),
  );
}

function money(amount: number): string {
  return amount.toFixed(4);
}
