import { writeFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { InvoicesServiceService } from '../../../internal/api/grpc/generated/protium/v1/invoices.ts';
import type { RunSession } from '../session.ts';
import { unwritable } from './screenshot.ts';

export function addInvoicePdfCommand(parent: Command, run: RunSession): void {
  parent
    .command('pdf')
    .description('write an invoice as PDF')
    .argument('<invoice>', 'its id, e.g. 2026-11-OWNER')
    .argument('<file>', '-: stdout')
    .action((id: string, file: string, _options: object, command: Command) =>
      run(command, async ({ daemon, terminal }) => {
        const { pdf } = await daemon.call(InvoicesServiceService.getInvoicePdf, { id });
        if (file === '-') await terminal.write(pdf);
        else await writeFile(file, pdf).catch(unwritable);
      }),
    );
}
