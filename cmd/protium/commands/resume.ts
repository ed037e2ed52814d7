import type { Command } from 'commander';
import { InstancesServiceService } from '../../../internal/api/grpc/generated/protium/v1/instances.ts';
import { addWaitOption, changeInstances } from '../operations/change-instances.ts';
import type { RunSession } from '../session.ts';

export function addResumeCommand(program: Command, run: RunSession): void {
  addWaitOption(program.command('resume'))
    .description('let the vCPUs of a suspended instance go on')
    .argument('<instance...>', 'names or uuids')
    .action((names: readonly string[], { wait }: { readonly wait: boolean }, command: Command) =>
      run(command, (session) =>
        changeInstances(session, names, wait, {
          method: InstancesServiceService.resumeInstance,
          request: (instance) => ({ instance }),
          done: 'goes on',
        }),
      ),
    );
}
