import type { Command } from 'commander';
import type { RunSession } from '../session.ts';
import { addInvoiceGetCommand } from './invoice-get.ts';
import { addInvoiceListCommand } from './invoice-list.ts';
import { addInvoicePdfCommand } from './invoice-pdf.ts';

export function addInvoiceCommands(program: Command, run: RunSession): void {
  const invoice = program.command('invoice').description('what owners had, by months');
  addInvoiceListCommand(invoice, run);
  addInvoiceGetCommand(invoice, run);
  addInvoicePdfCommand(invoice, run);
}
