import type { Command } from 'commander';
import type { RunSession } from '../session.ts';
import { addFirewallClearCommand } from './firewall-clear.ts';
import { addFirewallGetCommand } from './firewall-get.ts';
import { addFirewallSetCommand } from './firewall-set.ts';

export function addFirewallCommands(program: Command, run: RunSession): void {
  const firewall = program
    .command('firewall')
    .description('what may reach an instance, and what it may reach');
  addFirewallGetCommand(firewall, run);
  addFirewallSetCommand(firewall, run);
  addFirewallClearCommand(firewall, run);
}
