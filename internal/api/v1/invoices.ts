import { sees } from '../../authorization/decide.ts';
import { invalidArgument } from '../../errors/invalid-argument.ts';
import type { Invoice as Made } from '../../invoices/invoice.ts';
import { invoicePdf } from '../../invoices/invoice-pdf.ts';
import type { Invoices } from '../../invoices/invoices.ts';
import {
  InvoicesServiceClient,
  type Invoice,
  type InvoicesServiceServer,
} from '../grpc/generated/protium/v1/invoices.ts';
import { listPage } from './list-page.ts';
import { ownerOf } from './owner.ts';
import { v1Service, type V1Service } from './service.ts';

/** protium.v1.InvoicesService. */
export function invoicesService(invoices: Invoices): V1Service {
  return v1Service<InvoicesServiceServer>(InvoicesServiceClient, {
    listInvoices: (request, { caller }) => {
      const { owner, month } = request;
      if (month !== '' && !/^\d{4}-(0[1-9]|1[0-2])$/.test(month)) {
        throw invalidArgument('month', 'A month is written like 2026-11.');
      }
      const found = invoices
        .list(owner === '' ? undefined : ownerOf(owner))
        .filter((invoice) => sees(caller, invoice.owner) && (month === '' || invoice.month === month));
      const page = listPage(found, newestFirst, request);
      return { invoices: page.items.map(encode), nextPageToken: page.nextPageToken };
    },
    getInvoice: ({ id }) => ({ invoice: encode(invoices.get(id)) }),
    getInvoicePdf: async ({ id }) => ({
      pdf: await invoicePdf(invoices.get(id)),
      contentType: 'application/pdf',
    }),
  });
}

/** Of a later month, a smaller one. */
function newestFirst({ month, owner }: Made): string {
  return `${999_999 - Number(month.replace('-', ''))}/${owner}`;
}

function encode({ from, to, lines, ...invoice }: Made): Invoice {
  return {
    ...invoice,
    from: new Date(from),
    to: new Date(to),
    lines: lines.map(({ tag, flavor, seconds, ...line }) => ({
      ...line,
      tag: tag ?? undefined,
      flavor: flavor ?? undefined,
      seconds: BigInt(seconds),
    })),
  };
}
