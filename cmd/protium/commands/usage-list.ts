import type { Command } from 'commander';
import { UsageServiceService } from '../../../internal/api/grpc/generated/protium/v1/usage.ts';
import { allPages, pageSize } from '../connection/all-pages.ts';
import { usageTable } from '../output/usage-text.ts';
import type { RunSession } from '../session.ts';
import { parseTime } from './parse-time.ts';

interface UsageListOptions {
  readonly owner: string;
  readonly instance: string;
  readonly from?: Date;
  readonly to?: Date;
}

export function addUsageListCommand(parent: Command, run: RunSession): void {
  parent
    .command('list')
    .description('list the runs of instances, newest first')
    .option('--owner <id>', 'of this client (32 hexadecimal digits)', '')
    .option('--instance <uuid>', 'of this instance, which may be gone', '')
    .option('--from <time>', 'only what still ran then, or later, e.g. 2026-11-01T00:00Z', parseTime)
    .option('--to <time>', 'only what had begun before', parseTime)
    .action(({ owner, instance, from, to }: UsageListOptions, command: Command) =>
      run(command, async ({ daemon, output }) => {
        const method = UsageServiceService.listUsage;
        const records = await allPages(async (pageToken) => {
          const answer = await daemon.call(method, { owner, instance, from, to, pageSize, pageToken });
          return { items: answer.records, next: answer.nextPageToken };
        });
        output.answer(
          method,
          { records, nextPageToken: '' },
          { names: records.map(({ id }) => id), text: () => usageTable(records) },
        );
      }),
    );
}
