import type { Command } from 'commander';
import { LeasesServiceService } from '../../../internal/api/grpc/generated/protium/v1/leases.ts';
import { parseDuration, timeGiven } from '../lease-time.ts';
import { addWishOptions, wishOf, type WishOptions } from '../lease-wish.ts';
import { windowTable } from '../output/lease-text.ts';
import type { RunSession } from '../session.ts';
import { parseCount } from './parse-number.ts';

interface LeaseAvailabilityOptions extends WishOptions {
  readonly for: number;
  readonly from?: string;
  readonly until?: string;
  readonly limit: number;
  readonly owner: string;
}

export function addLeaseAvailabilityCommand(parent: Command, run: RunSession): void {
  addWishOptions(
    parent
      .command('availability')
      .description('when so much could be had for so long: the first starts, and the devices'),
  )
    .requiredOption('--for <duration>', 'how long: 30m, 8h, 2d', parseDuration)
    .option('--from <time>', 'not before; else now')
    .option('--until <time>', 'not to start after; else as far ahead as may be booked')
    .option('--limit <number>', 'how many windows', parseCount, 5)
    .option('--owner <id>', 'whose limits count (32 hexadecimal digits)', '')
    .action((options: LeaseAvailabilityOptions, command: Command) =>
      run(command, async (session) => {
        const { from, until, limit } = options;
        const { wish } = await wishOf(session, { ...options, key: [] });
        const method = LeasesServiceService.findLeaseAvailability;
        const answer = await session.daemon.call(method, {
          wish,
          durationSeconds: BigInt(options.for),
          fromTime: from === undefined ? undefined : (timeGiven(from, 'from') ?? undefined),
          untilTime: until === undefined ? undefined : (timeGiven(until, 'until') ?? new Date()),
          limit,
          owner: options.owner,
        });
        const { windows, shortages } = answer;
        session.output.answer(method, answer, {
          names: windows.map(({ startTime }) => startTime?.toISOString() ?? ''),
          text: () =>
            windows.length === 0 ? `Never in that time. ${shortages.join(' ')}\n` : windowTable(windows),
        });
      }),
    );
}
