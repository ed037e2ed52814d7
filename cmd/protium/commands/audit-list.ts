import { Option, type Command } from 'commander';
import {
  AuditServiceService,
  type AuditEntry,
} from '../../../internal/api/grpc/generated/protium/v1/audit.ts';
import { auditEvents, type AuditEvent } from '../../../internal/audit/entry.ts';
import { pageSize } from '../connection/all-pages.ts';
import { auditTable, eventNames } from '../output/audit-text.ts';
import type { RunSession } from '../session.ts';
import { collectChoice } from './collect.ts';
import { parseCount } from './parse-number.ts';
import { parseTime } from './parse-time.ts';

interface AuditListOptions {
  readonly user: string;
  readonly object: string;
  readonly method: string;
  readonly result: string;
  readonly operation: string;
  readonly request: string;
  readonly event: readonly AuditEvent[];
  readonly from?: Date;
  readonly to?: Date;
  readonly limit: number;
}

export function addAuditListCommand(parent: Command, run: RunSession): void {
  parent
    .command('list')
    .description('list entries of the audit record, newest first')
    .option('--user <name>', 'of what this user did', '')
    .option('--object <object>', 'about this, by name or id, or KIND/NAME', '')
    .option(
      '--method <method>',
      'of this call, or of all that begin with it up to a slash, e.g. gpueater',
      '',
    )
    .option('--result <result>', 'that ended like this: ok, or the code of an error', '')
    .option('--operation <id>', 'about this operation', '')
    .option('--request <id>', 'of this request, as the log names it', '')
    .addOption(
      new Option('--event <event>', 'only such entries; may be repeated')
        .choices(auditEvents)
        .argParser(collectChoice(auditEvents))
        .default([]),
    )
    .option('--from <time>', 'written then or later, e.g. 2026-11-01T00:00Z', parseTime)
    .option('--to <time>', 'written before', parseTime)
    .option('--limit <count>', 'at most so many', parseCount, 100)
    .action(({ event, request, limit, ...options }: AuditListOptions, command: Command) =>
      run(command, async ({ daemon, output }) => {
        const method = AuditServiceService.listAuditEntries;
        const events = event.map((name) => eventNames.get(name) ?? 0);
        const entries: AuditEntry[] = [];
        let pageToken = '';
        do {
          const size = Math.min(pageSize, limit - entries.length);
          const answer = await daemon.call(method, {
            ...options,
            from: options.from,
            to: options.to,
            requestId: request,
            events,
            oldestFirst: false,
            pageSize: size,
            pageToken,
          });
          entries.push(...answer.entries);
          pageToken = answer.nextPageToken;
        } while (pageToken !== '' && entries.length < limit);
        output.answer(
          method,
          { entries, nextPageToken: pageToken },
          { names: entries.map(({ sequence }) => String(sequence)), text: () => auditTable(entries) },
        );
      }),
    );
}
