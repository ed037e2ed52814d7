import type { Command } from 'commander';
import { LeasesServiceService } from '../../../internal/api/grpc/generated/protium/v1/leases.ts';
import { Failure } from '../failure.ts';
import { parseDuration, timeGiven } from '../lease-time.ts';
import { leaseFields } from '../output/lease-text.ts';
import type { RunSession } from '../session.ts';

interface LeaseExtendOptions {
  readonly start?: string;
  readonly end?: string;
  readonly by?: number;
  readonly shorten?: number;
  readonly etag: string;
  readonly dryRun?: boolean;
}

export function addLeaseExtendCommand(parent: Command, run: RunSession): void {
  parent
    .command('extend')
    .description('give a lease another end, later or earlier; or move one that has not begun')
    .argument('<lease>', 'its id or name')
    .option('--by <duration>', 'so much longer: 2h', parseDuration)
    .option('--shorten <duration>', 'so much shorter', parseDuration)
    .option('--end <time>', 'its new end')
    .option('--start <time>', 'its new start, of one that has not begun')
    .option('--etag <etag>', 'only if it is still as it was then', '')
    .option('--dry-run', 'only check it')
    .action((named: string, options: LeaseExtendOptions, command: Command) =>
      run(command, async ({ daemon, output }) => {
        const { start, end, by, shorten, etag, dryRun: validateOnly = false } = options;
        const ends = [end, by, shorten].filter((each) => each !== undefined);
        if (ends.length > 1 || (ends.length === 0 && start === undefined)) {
          throw new Failure('usage', 'What is it to get? One of --by, --shorten and --end, or a --start.', {
            exit: 'usage',
          });
        }
        const startTime = start === undefined ? undefined : (timeGiven(start, 'start') ?? new Date());
        const { lease: found } = await daemon.call(LeasesServiceService.getLease, { lease: named });
        const change = (by ?? 0) - (shorten ?? 0);
        const endTime =
          change === 0
            ? end === undefined
              ? undefined
              : (timeGiven(end, 'end') ?? new Date())
            : new Date((found?.endTime?.getTime() ?? 0) + change * 1000);
        const method = LeasesServiceService.updateLease;
        const request = {
          lease: found?.id ?? named,
          startTime,
          endTime,
          // What was read to add to must still be so.
          etag: etag !== '' || change === 0 ? etag : (found?.etag ?? ''),
          validateOnly,
        };
        const answer = await daemon.call(method, request);
        const { lease } = answer;
        if (lease === undefined) return;
        output.answer(method, answer, {
          names: [lease.id],
          text: () => `${validateOnly ? 'It could be:\n' : ''}${leaseFields(lease)}`,
        });
      }),
    );
}
