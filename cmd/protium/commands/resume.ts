import type { Command } from 'commander';
import { InstancesServiceService } from '../../../internal/api/grpc/generated/protium/v1/instances.ts';
import { addWaitOption, changeInstances } from '../operations/change-instances.ts';
import { addDryRunOption, type DryRunOptions } from '../operations/change-object.ts';
import type { RunSession } from '../session.ts';

export function addResumeCommand(program: Command, run: RunSession): void {
  addDryRunOption(addWaitOption(program.command('resume')))
    .description('let the vCPUs of a suspended instance go on')
    .argument('<instance...>', 'names or uuids')
    .action((names: readonly string[], { wait, dryRun = false }: DryRunOptions, command: Command) =>
      run(command, (session) =>
        changeInstances(session, names, wait || dryRun, {
          method: InstancesServiceService.resumeInstance,
          request: (instance) => ({ instance, validateOnly: dryRun }),
          done: dryRun ? 'could be resumed' : 'goes on',
        }),
      ),
    );
}
