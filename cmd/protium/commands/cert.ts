import type { Command } from 'commander';
import type { RunSession } from '../session.ts';
import { addCertCreateCommand } from './cert-create.ts';
import { addCertListCommand } from './cert-list.ts';
import { addCertRevokeCommand } from './cert-revoke.ts';
import { addCertServerCommand } from './cert-server.ts';

export function addCertCommands(program: Command, run: RunSession): void {
  const cert = program.command('cert').description('certificates, which show over TLS who calls');
  addCertCreateCommand(cert, run);
  addCertListCommand(cert, run);
  addCertRevokeCommand(cert, run);
  addCertServerCommand(cert, run);
}
