import { ProtiumError } from '../errors/protium-error.ts';
import type { Subscriptions } from '../subscriptions/subscription.ts';
import type { Usage } from '../usage/usage.ts';
import { invoiceOf, invoicesOf, monthSpan, readInvoiceId, type Invoice } from './invoice.ts';

/** What is to be paid for. */
export interface Invoices {
  /** Newest month first, then by owner; of one owner, or all. */
  list(owner?: string): readonly Invoice[];
  /** Throws `not-found`: it is no invoice's id, nothing was used, or it is another owner's. */
  get(id: string, owner?: string): Invoice;
}

/** Invoices are made of the records whenever they are asked for; of a month that is over they stay the same. */
export function createInvoices(options: {
  readonly usage: Usage;
  readonly subscriptions: Pick<Subscriptions, 'list'>;
  readonly now?: () => number;
}): Invoices {
  const { usage, subscriptions, now = Date.now } = options;
  return {
    list(owner) {
      const query = owner === undefined ? {} : { owner };
      return invoicesOf(usage.list(query), subscriptions.list({ ...query, ended: true }), now());
    },
    get(id, owner) {
      const named = readInvoiceId(id);
      if (named === null || (owner !== undefined && named.owner !== owner)) throw missing(id);
      const { from, to } = monthSpan(named.month);
      const records = usage.list({
        owner: named.owner,
        from: new Date(from).toISOString(),
        to: new Date(to).toISOString(),
      });
      const held = subscriptions.list({ owner: named.owner, ended: true });
      const invoice = invoiceOf(named.owner, named.month, records, held, now());
      if (invoice.lines.length === 0) throw missing(id);
      return invoice;
    },
  };
}

function missing(id: string): ProtiumError {
  return new ProtiumError('not-found', `There is no invoice "${id}": its id is like 2026-11-OWNER.`, {
    details: { invoice: id },
  });
}
