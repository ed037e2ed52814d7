import type { Command } from 'commander';
import { LeasesServiceService } from '../../../internal/api/grpc/generated/protium/v1/leases.ts';
import { parseDuration, timeGiven } from '../lease-time.ts';
import { leaseCalendar } from '../output/lease-calendar.ts';
import type { RunSession } from '../session.ts';

interface LeaseCalendarOptions {
  readonly from?: string;
  readonly for: number;
}

export function addLeaseCalendarCommand(parent: Command, run: RunSession): void {
  parent
    .command('calendar')
    .description("draw what is leased when: the host's week")
    .option('--from <time>', 'from when on; else the beginning of today')
    .option('--for <duration>', 'how much of it: 1d, 1w, 30d', parseDuration, 7 * 86_400)
    .action((options: LeaseCalendarOptions, command: Command) =>
      run(command, async ({ daemon, output }) => {
        const midnight = new Date(new Date().setHours(0, 0, 0, 0));
        const start = options.from === undefined ? midnight : (timeGiven(options.from, 'from') ?? new Date());
        const method = LeasesServiceService.getLeaseCalendar;
        const answer = await daemon.call(method, {
          fromTime: start,
          untilTime: new Date(start.getTime() + options.for * 1000),
        });
        output.answer(method, answer, {
          names: answer.leases.map(({ id }) => id),
          text: () => leaseCalendar(answer, process.stdout.isTTY ? process.stdout.columns : 100, new Date()),
        });
      }),
    );
}
