import type { Command } from 'commander';
import { LeasesServiceService } from '../../../internal/api/grpc/generated/protium/v1/leases.ts';
import { leaseTable } from '../output/lease-text.ts';
import type { RunSession } from '../session.ts';

interface LeaseCancelOptions {
  readonly etag: string;
  readonly dryRun?: boolean;
}

export function addLeaseCancelCommand(parent: Command, run: RunSession): void {
  parent
    .command('cancel')
    .description('give a lease up; one that has begun ends now, as it would at its end')
    .argument('<lease>', 'its id or name, or the id of a repetition: all that is not over of it')
    .option('--etag <etag>', 'only if it is still as it was then', '')
    .option('--dry-run', 'only check it')
    .action((named: string, options: LeaseCancelOptions, command: Command) =>
      run(command, async ({ daemon, output }) => {
        const { etag, dryRun: validateOnly = false } = options;
        const method = LeasesServiceService.cancelLease;
        const answer = await daemon.call(method, { lease: named, etag, validateOnly });
        output.answer(method, answer, {
          names: answer.leases.map(({ id }) => id),
          text: () => `${validateOnly ? 'These would be given up:\n' : ''}${leaseTable(answer.leases)}`,
        });
      }),
    );
}
