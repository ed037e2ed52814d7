import type { Command } from 'commander';
import type { RunSession } from '../session.ts';
import { addFlavorGetCommand } from './flavor-get.ts';
import { addFlavorListCommand } from './flavor-list.ts';

export function addFlavorCommands(program: Command, run: RunSession): void {
  const flavor = program.command('flavor').description('sizes of VMs that this host can give');
  addFlavorListCommand(flavor, run);
  addFlavorGetCommand(flavor, run);
}
