import type { Command } from 'commander';
import type { RunSession } from '../session.ts';
import { addDomainGetCommand } from './domain-get.ts';
import { addDomainListCommand } from './domain-list.ts';

export function addDomainCommands(program: Command, run: RunSession): void {
  const domain = program.command('domain').description('the domains of this host, whoever made them');
  addDomainListCommand(domain, run);
  addDomainGetCommand(domain, run);
}
