import type { Command } from 'commander';
import type { RunSession } from '../session.ts';
import { addPortForwardCloseCommand } from './port-forward-close.ts';
import { addPortForwardGetCommand } from './port-forward-get.ts';
import { addPortForwardListCommand } from './port-forward-list.ts';
import { addPortForwardOpenCommand } from './port-forward-open.ts';

export function addPortForwardCommands(program: Command, run: RunSession): void {
  const forward = program.command('port-forward').description('ports of the host that lead to instances');
  addPortForwardListCommand(forward, run);
  addPortForwardGetCommand(forward, run);
  addPortForwardOpenCommand(forward, run);
  addPortForwardCloseCommand(forward, run);
}
