import type { Command } from 'commander';
import { InstancesServiceService } from '../../../internal/api/grpc/generated/protium/v1/instances.ts';
import { addChangeOptions, changeOne, type ChangeOneOptions } from '../operations/change-one.ts';
import type { RunSession } from '../session.ts';

export function addRenameCommand(program: Command, run: RunSession): void {
  addChangeOptions(program.command('rename'))
    .description('give an instance that is off another name')
    .argument('<instance>', 'name or uuid')
    .argument('<name>', 'lower-case letters, digits, dots and dashes')
    .action((instance: string, name: string, options: ChangeOneOptions, command: Command) =>
      run(command, (session) =>
        changeOne(session, options, {
          method: InstancesServiceService.renameInstance,
          instance,
          request: { instance, name, validateOnly: options.dryRun ?? false },
          done: () => `${instance} is called ${name}`,
        }),
      ),
    );
}
