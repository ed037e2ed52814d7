import type { Command } from 'commander';
import { InstancesServiceService } from '../../../internal/api/grpc/generated/protium/v1/instances.ts';
import { addWaitOption, changeInstances } from '../operations/change-instances.ts';
import type { RunSession } from '../session.ts';

interface StartOptions {
  readonly wait: boolean;
  readonly suspended?: boolean;
  readonly discardSaved?: boolean;
}

export function addStartCommand(program: Command, run: RunSession): void {
  addWaitOption(program.command('start'))
    .description('start instances that are off')
    .argument('<instance...>', 'names or uuids')
    .option('--suspended', 'begin suspended')
    .option('--discard-saved', 'boot afresh: a saved state is thrown away')
    .action(
      (
        names: readonly string[],
        { wait, suspended = false, discardSaved: discardSavedState = false }: StartOptions,
        command: Command,
      ) =>
        run(command, (session) =>
          changeInstances(session, names, wait, {
            method: InstancesServiceService.startInstance,
            request: (instance) => ({ instance, suspended, discardSavedState }),
            done: suspended ? 'is started, suspended' : 'is started',
          }),
        ),
    );
}
