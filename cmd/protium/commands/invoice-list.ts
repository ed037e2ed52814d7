import type { Command } from 'commander';
import { InvoicesServiceService } from '../../../internal/api/grpc/generated/protium/v1/invoices.ts';
import { allPages, pageSize } from '../connection/all-pages.ts';
import { invoiceTable } from '../output/usage-text.ts';
import type { RunSession } from '../session.ts';

interface InvoiceListOptions {
  readonly owner: string;
  readonly month: string;
}

export function addInvoiceListCommand(parent: Command, run: RunSession): void {
  parent
    .command('list')
    .description('list the invoices, newest month first')
    .option('--owner <id>', 'of this client (32 hexadecimal digits)', '')
    .option('--month <month>', 'of this month, e.g. 2026-11', '')
    .action(({ owner, month }: InvoiceListOptions, command: Command) =>
      run(command, async ({ daemon, output }) => {
        const method = InvoicesServiceService.listInvoices;
        const invoices = await allPages(async (pageToken) => {
          const answer = await daemon.call(method, { owner, month, pageSize, pageToken });
          return { items: answer.invoices, next: answer.nextPageToken };
        });
        output.answer(
          method,
          { invoices, nextPageToken: '' },
          { names: invoices.map(({ id }) => id), text: () => invoiceTable(invoices) },
        );
      }),
    );
}
