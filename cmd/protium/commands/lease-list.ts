import type { Command } from 'commander';
import { LeasesServiceService } from '../../../internal/api/grpc/generated/protium/v1/leases.ts';
import { allPages, pageSize } from '../connection/all-pages.ts';
import { timeGiven } from '../lease-time.ts';
import { leaseTable } from '../output/lease-text.ts';
import type { RunSession } from '../session.ts';
import { collectChoice } from './collect.ts';

interface LeaseListOptions {
  readonly owner: string;
  readonly state?: readonly string[];
  readonly all?: boolean;
  readonly from?: string;
  readonly until?: string;
  readonly recurrence: string;
}

const states = ['pending', 'active', 'ending', 'ended', 'cancelled', 'failed'];

export function addLeaseListCommand(parent: Command, run: RunSession): void {
  parent
    .command('list')
    .description('list the leases that are not over, by start')
    .option('--owner <id>', 'of this client (32 hexadecimal digits)', '')
    .option(`--state <state>`, `${states.join(', ')}; may be repeated`, collectChoice(states))
    .option('--all', 'those that are over too')
    .option('--from <time>', 'those that end after this')
    .option('--until <time>', 'those that start before this')
    .option('--recurrence <id>', 'those of this repetition', '')
    .action(({ owner, state, all = false, from, until, recurrence }: LeaseListOptions, command: Command) =>
      run(command, async ({ daemon, output }) => {
        const method = LeasesServiceService.listHostLeases;
        const request = {
          owner,
          states: [...(state ?? (all ? [] : ['pending', 'active', 'ending']))],
          fromTime: from === undefined ? undefined : (timeGiven(from, 'from') ?? new Date()),
          untilTime: until === undefined ? undefined : (timeGiven(until, 'until') ?? new Date()),
          recurrence,
        };
        const leases = await allPages(async (pageToken) => {
          const answer = await daemon.call(method, { ...request, pageSize, pageToken });
          return { items: answer.leases, next: answer.nextPageToken };
        });
        output.answer(
          method,
          { leases, nextPageToken: '' },
          { names: leases.map(({ id }) => id), text: () => leaseTable(leases) },
        );
      }),
    );
}
