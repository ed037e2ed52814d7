import type { Command } from 'commander';
import { InstancesServiceService } from '../../../internal/api/grpc/generated/protium/v1/instances.ts';
import { addWaitOption, changeInstances } from '../operations/change-instances.ts';
import type { RunSession } from '../session.ts';

export function addResetCommand(program: Command, run: RunSession): void {
  addWaitOption(program.command('reset'))
    .description('press the reset button: the guest is not asked')
    .argument('<instance...>', 'names or uuids')
    .action((names: readonly string[], { wait }: { readonly wait: boolean }, command: Command) =>
      run(command, (session) =>
        changeInstances(session, names, wait, {
          method: InstancesServiceService.resetInstance,
          request: (instance) => ({ instance }),
          done: 'was reset',
        }),
      ),
    );
}
