import type { Command } from 'commander';
import { InstancesServiceService } from '../../../internal/api/grpc/generated/protium/v1/instances.ts';
import { Failure } from '../failure.ts';
import { addWaitOption, changeInstances } from '../operations/change-instances.ts';
import { addDryRunOption, type DryRunOptions } from '../operations/change-object.ts';
import type { RunSession } from '../session.ts';

interface DeleteOptions extends DryRunOptions {
  readonly keepVolumes?: boolean;
  readonly yes?: boolean;
}

export function addDeleteCommand(program: Command, run: RunSession): void {
  addDryRunOption(addWaitOption(program.command('delete')))
    .description('delete instances, running or not, with the volumes that were made for them')
    .argument('<instance...>', 'names or uuids')
    .option('--keep-volumes', 'leave the volumes that were made for them')
    .option('-y, --yes', 'do not ask; nothing is asked where there is no terminal')
    .action(
      (
        names: readonly string[],
        { wait, dryRun = false, keepVolumes = false, yes = false }: DeleteOptions,
        command: Command,
      ) =>
        run(command, async (session) => {
          const what = keepVolumes ? '' : ' and the volumes made for it';
          const question = `Delete ${names.join(', ')}${what}?`;
          if (!dryRun && !yes && session.confirm !== null && !(await session.confirm(question))) {
            throw new Failure('cancelled', 'Nothing was deleted.');
          }
          await changeInstances(session, names, wait || dryRun, {
            method: InstancesServiceService.deleteInstance,
            request: (instance) => ({ instance, keepVolumes, validateOnly: dryRun }),
            done: dryRun ? 'could be deleted' : 'is deleted',
          });
        }),
    );
}
