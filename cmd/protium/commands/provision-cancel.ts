import type { Command } from 'commander';
import { ProvisionsServiceService } from '../../../internal/api/grpc/generated/protium/v1/provisions.ts';
import type { RunSession } from '../session.ts';

export function addProvisionCancelCommand(parent: Command, run: RunSession): void {
  parent
    .command('cancel')
    .description('take back one that is not ready yet')
    .argument('<provision>', 'id or name')
    .option('--dry-run', 'only check it')
    .action((provision: string, { dryRun = false }: { readonly dryRun?: boolean }, command: Command) =>
      run(command, async ({ daemon, output }) => {
        const method = ProvisionsServiceService.cancelProvision;
        const answer = await daemon.call(method, { provision, validateOnly: dryRun });
        output.answer(method, answer, {
          names: [provision],
          text: () => `${provision} ${dryRun ? 'could be' : 'is being'} taken back\n`,
        });
      }),
    );
}
