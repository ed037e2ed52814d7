import type { Command } from 'commander';
import { AuditServiceService } from '../../../internal/api/grpc/generated/protium/v1/audit.ts';
import { addDryRunOption } from '../operations/change-object.ts';
import { formatFields } from '../output/table.ts';
import type { RunSession } from '../session.ts';
import { parseTime } from './parse-time.ts';

interface AuditArchiveOptions {
  readonly before: Date;
  readonly dryRun?: boolean;
}

export function addAuditArchiveCommand(parent: Command, run: RunSession): void {
  addDryRunOption(parent.command('archive'))
    .description('move old entries into a file of the state directory, which can still be verified')
    .requiredOption('--before <time>', 'what was written before, e.g. 2026-11-01T00:00Z', parseTime)
    .action(({ before, dryRun = false }: AuditArchiveOptions, command: Command) =>
      run(command, async ({ daemon, output }) => {
        const method = AuditServiceService.archiveAuditEntries;
        const answer = await daemon.call(method, { before, validateOnly: dryRun });
        const { file, sha256, entries, first, last } = answer;
        output.answer(method, answer, {
          names: file === '' ? [] : [file],
          text: () =>
            formatFields([
              ['entries', `${entries} (${first} to ${last})`],
              ...(file === ''
                ? []
                : ([
                    ['file', file],
                    ['sha256', sha256],
                  ] as const)),
            ]),
        });
      }),
    );
}
