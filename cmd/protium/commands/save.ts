import type { Command } from 'commander';
import { InstancesServiceService } from '../../../internal/api/grpc/generated/protium/v1/instances.ts';
import { addChangeOptions, changeOne, type ChangeOneOptions } from '../operations/change-one.ts';
import type { RunSession } from '../session.ts';

export function addSaveCommand(program: Command, run: RunSession): void {
  addChangeOptions(program.command('save'))
    .description('write the memory of an instance to disk and end it; its next start goes on from there')
    .argument('<instance>', 'name or uuid')
    .action((instance: string, options: ChangeOneOptions, command: Command) =>
      run(command, (session) =>
        changeOne(session, options, {
          method: InstancesServiceService.saveInstance,
          instance,
          request: { instance, validateOnly: options.dryRun ?? false },
          done: () => `${instance} is saved`,
        }),
      ),
    );
}
