import { monthOf } from '../../../../invoices/invoice.ts';
import { invoicePdf } from '../../../../invoices/invoice-pdf.ts';
import type { Invoices } from '../../../../invoices/invoices.ts';
import { invalidArgument } from '../../../../errors/invalid-argument.ts';
import type { Usage, UsageRecord } from '../../../../usage/usage.ts';
import { Download, type GpueaterFunction } from '../function.ts';

export interface PaymentGroupParts {
  readonly usage: Usage;
  readonly invoices: Invoices;
}

const since = '0.1.0';
/** The newest ones: who wants more asks the native API. */
const mostCharges = 1000;
const pdfPath = '/invoice_pdf';

/** The group of payment: what was used, and invoices of it. No money changes hands. */
export function paymentFunctions({ usage, invoices }: PaymentGroupParts): readonly GpueaterFunction[] {
  return [
    {
      name: 'invoice_list',
      method: 'GET',
      path: '/charge_list',
      fields: [],
      since,
      listed: true,
      description: 'For how long the user’s instances ran, the newest run first, and what that costs.',
      handle: ({ user: { owner } }) =>
        Promise.resolve(usage.list({ owner }).slice(-mostCharges).reverse().map(shownCharge)),
    },
    {
      name: 'subscription_invoice_list',
      method: 'GET',
      path: '/invoice_list',
      fields: [],
      since,
      listed: true,
      description: 'What the user’s subscriptions cost, by months, the newest first.',
      handle: ({ user: { owner } }) =>
        Promise.resolve(
          invoices.list(owner).flatMap(({ id, month, closed, lines }) =>
            lines
              .filter(({ kind }) => kind === 'subscription')
              .map(({ subject, name, seconds, price, amount }) => ({
                invoice_id: id,
                month,
                closed,
                subscription_id: subject,
                plan_id: name,
                seconds,
                price,
                amount,
              })),
          ),
        ),
    },
    {
      name: 'make_invoice',
      method: 'POST',
      path: '/make_invoice',
      fields: [{ name: 'month', required: false, description: 'Like 2026-11; else the month that it is.' }],
      since,
      listed: true,
      description: 'Makes the invoice of a month: `url` is where its PDF is.',
      handle: ({ user: { owner }, form }) => {
        const month = form.optional('month') ?? monthOf(Date.now());
        if (!/^\d{4}-(0[1-9]|1[0-2])$/.test(month)) {
          throw invalidArgument('month', 'month is written like 2026-11.');
        }
        const { id, total, closed } = invoices.get(`${month}-${owner}`, owner);
        const url = `/console/servers${pdfPath}?invoice_id=${id}`;
        return Promise.resolve({ invoice_id: id, url, total, closed });
      },
    },
    {
      name: 'invoice_pdf',
      method: 'GET',
      path: pdfPath,
      fields: [{ name: 'invoice_id', required: true, description: 'As make_invoice has it.' }],
      since,
      listed: false,
      description: 'An invoice as PDF.',
      async handle({ user: { owner }, form }) {
        const invoice = invoices.get(form.text('invoice_id'), owner);
        return new Download('application/pdf', `invoice-${invoice.month}.pdf`, await invoicePdf(invoice));
      },
    },
  ];
}

function shownCharge(record: UsageRecord): object {
  const { instance, name, tag, flavor, subscription, seconds, pricePerHour, startedAt, endedAt } = record;
  return {
    charge_id: record.id,
    instance_id: instance,
    name,
    tag: tag ?? '',
    product_name: flavor ?? '',
    subscription_id: subscription ?? '',
    started_at: startedAt,
    ended_at: endedAt,
    seconds,
    price: pricePerHour,
    amount: Math.round((seconds / 3600) * pricePerHour * 1e4) / 1e4,
  };
}
