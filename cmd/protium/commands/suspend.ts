import type { Command } from 'commander';
import { InstancesServiceService } from '../../../internal/api/grpc/generated/protium/v1/instances.ts';
import { addWaitOption, changeInstances } from '../operations/change-instances.ts';
import { addDryRunOption, type DryRunOptions } from '../operations/change-object.ts';
import type { RunSession } from '../session.ts';

export function addSuspendCommand(program: Command, run: RunSession): void {
  addDryRunOption(addWaitOption(program.command('suspend')))
    .description('stop the vCPUs; memory and devices stay with it')
    .argument('<instance...>', 'names or uuids')
    .action((names: readonly string[], { wait, dryRun = false }: DryRunOptions, command: Command) =>
      run(command, (session) =>
        changeInstances(session, names, wait || dryRun, {
          method: InstancesServiceService.suspendInstance,
          request: (instance) => ({ instance, validateOnly: dryRun }),
          done: dryRun ? 'could be suspended' : 'is suspended',
        }),
      ),
    );
}
