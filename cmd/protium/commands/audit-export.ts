import type { Command } from 'commander';
import { AuditServiceService } from '../../../internal/api/grpc/generated/protium/v1/audit.ts';
import { pageSize } from '../connection/all-pages.ts';
import { auditLine } from '../output/audit-text.ts';
import type { RunSession } from '../session.ts';
import { parseTime } from './parse-time.ts';

interface AuditExportOptions {
  readonly from?: Date;
  readonly to?: Date;
}

export function addAuditExportCommand(parent: Command, run: RunSession): void {
  parent
    .command('export')
    .description('write the entries, oldest first, one JSON object a line, as verify reads them')
    .option('--from <time>', 'written then or later, e.g. 2026-11-01T00:00Z', parseTime)
    .option('--to <time>', 'written before', parseTime)
    .action(({ from, to }: AuditExportOptions, command: Command) =>
      run(command, async ({ daemon, output }) => {
        let pageToken = '';
        do {
          const answer = await daemon.call(AuditServiceService.listAuditEntries, {
            user: '',
            object: '',
            method: '',
            result: '',
            operation: '',
            requestId: '',
            events: [],
            from,
            to,
            oldestFirst: true,
            pageSize,
            pageToken,
          });
          output.write(answer.entries.map(auditLine).join(''));
          pageToken = answer.nextPageToken;
        } while (pageToken !== '');
      }),
    );
}
