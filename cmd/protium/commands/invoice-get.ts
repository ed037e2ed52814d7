import type { Command } from 'commander';
import { InvoicesServiceService } from '../../../internal/api/grpc/generated/protium/v1/invoices.ts';
import { invoiceText } from '../output/usage-text.ts';
import type { RunSession } from '../session.ts';

export function addInvoiceGetCommand(parent: Command, run: RunSession): void {
  parent
    .command('get')
    .description('show one invoice with its lines')
    .argument('<invoice>', 'its id, e.g. 2026-11-OWNER')
    .action((id: string, _options: object, command: Command) =>
      run(command, async ({ daemon, output }) => {
        const method = InvoicesServiceService.getInvoice;
        const answer = await daemon.call(method, { id });
        const { invoice } = answer;
        if (invoice === undefined) return;
        output.answer(method, answer, { names: [id], text: () => invoiceText(invoice) });
      }),
    );
}
