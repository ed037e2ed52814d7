import type { Command } from 'commander';
import { LeasesServiceService } from '../../../internal/api/grpc/generated/protium/v1/leases.ts';
import { leaseFields } from '../output/lease-text.ts';
import type { RunSession } from '../session.ts';

export function addLeaseShowCommand(parent: Command, run: RunSession): void {
  parent
    .command('show')
    .description('show one lease')
    .argument('<lease>', 'its id or name')
    .action((named: string, _options: object, command: Command) =>
      run(command, async ({ daemon, output }) => {
        const method = LeasesServiceService.getLease;
        const answer = await daemon.call(method, { lease: named });
        const { lease } = answer;
        if (lease === undefined) return;
        output.answer(method, answer, { names: [lease.id], text: () => leaseFields(lease) });
      }),
    );
}
