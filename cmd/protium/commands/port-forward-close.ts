import type { Command } from 'commander';
import { PortForwardsServiceService } from '../../../internal/api/grpc/generated/protium/v1/port_forwards.ts';
import { addDryRunOption, changeObject } from '../operations/change-object.ts';
import type { RunSession } from '../session.ts';

export function addPortForwardCloseCommand(parent: Command, run: RunSession): void {
  addDryRunOption(parent.command('close'))
    .description('close a port; the instance keeps its address')
    .argument('<port-forward>', 'its id')
    .action((id: string, { dryRun = false }: { readonly dryRun?: boolean }, command: Command) =>
      run(command, (session) =>
        changeObject(session, id, {
          method: PortForwardsServiceService.closePortForward,
          request: { id, validateOnly: dryRun },
          done: 'is closed',
          wait: true,
          dryRun,
        }),
      ),
    );
}
