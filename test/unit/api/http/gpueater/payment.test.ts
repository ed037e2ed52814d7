import { expect, it } from 'vitest';
import { Download } from '../../../../../internal/api/http/gpueater/function.ts';
import { paymentFunctions } from '../../../../../internal/api/http/gpueater/payment/functions.ts';
import { monthOf } from '../../../../../internal/invoices/invoice.ts';
import { createInvoices } from '../../../../../internal/invoices/invoices.ts';
import type { Subscription } from '../../../../../internal/subscriptions/subscription.ts';
import type { UsageRecord } from '../../../../../internal/usage/usage.ts';
import { caller, mine, theirs } from './call.ts';

const start = Date.now() - 60_000;
const record: UsageRecord = {
  ...{ id: 'r', owner: mine, instance: 'i', name: 'web', tag: 'tag', flavor: 'c1.small', subscription: null },
  ...{ pricePerHour: 6, startedAt: new Date(start).toISOString(), seconds: 60 },
  endedAt: new Date(start + 60_000).toISOString(),
};
const subscription: Subscription = {
  ...{ id: 's', owner: mine, plan: 'storage-100gib', pricePerMonth: 5, instance: null },
  ...{ createdAt: start - 60_000, endedAt: start },
  held: { kind: 'storage', pool: 'p', bytes: 1 },
};
const usage = {
  list: ({ owner }: { owner?: string }) =>
    [record].filter((each) => owner === undefined || each.owner === owner),
  running: () => 0,
};
const invoices = createInvoices({
  usage,
  subscriptions: { list: ({ owner }) => [subscription].filter((each) => each.owner === owner) },
});
const { call, refused } = caller(paymentFunctions({ usage, invoices }));

it('a minute is one charge, with seconds and price', async () => {
  expect(await call('invoice_list')).toMatchObject([
    { instance_id: 'i', tag: 'tag', product_name: 'c1.small', seconds: 60, price: 6, amount: 0.1 },
  ]);
  expect(await call('invoice_list', {}, theirs)).toEqual([]);
});

it('subscriptions are told by months', async () => {
  expect(await call('subscription_invoice_list')).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ subscription_id: 's', plan_id: 'storage-100gib', price: 5 }),
    ]),
  );
  expect(await call('subscription_invoice_list', {}, theirs)).toEqual([]);
});

it('an invoice is made, and is a PDF for its owner alone', async () => {
  const month = monthOf(start);
  const made = (await call('make_invoice', { month })) as Record<string, unknown>;
  expect(made).toMatchObject({
    invoice_id: `${month}-${mine}`,
    url: `/console/servers/invoice_pdf?invoice_id=${month}-${mine}`,
  });
  const pdf = await call('invoice_pdf', { invoice_id: made['invoice_id'] });
  if (!(pdf instanceof Download)) throw new Error('it is no file');
  expect(pdf.contentType).toBe('application/pdf');
  expect(Buffer.from(pdf.bytes).toString('latin1').startsWith('%PDF-')).toBe(true);
  expect(await refused('invoice_pdf', { invoice_id: made['invoice_id'] }, theirs)).toBe('not-found');
  expect(await refused('make_invoice', { month }, theirs)).toBe('not-found');
  expect(await refused('make_invoice', { month: '2026-13' })).toBe('argument-invalid');
  expect(await refused('make_invoice', { month: '1999-01' })).toBe('not-found');
  expect(await refused('invoice_pdf')).toBe('argument-invalid');
});
