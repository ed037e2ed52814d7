import type { Command } from 'commander';
import type { RunSession } from '../session.ts';
import { addAuditArchiveCommand } from './audit-archive.ts';
import { addAuditExportCommand } from './audit-export.ts';
import { addAuditListCommand } from './audit-list.ts';
import { addAuditVerifyCommand } from './audit-verify.ts';

export function addAuditCommands(program: Command, run: RunSession): void {
  const audit = program.command('audit').description('who did what to which object, with which result');
  addAuditListCommand(audit, run);
  addAuditVerifyCommand(audit, run);
  addAuditExportCommand(audit, run);
  addAuditArchiveCommand(audit, run);
}
