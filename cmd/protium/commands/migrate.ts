import type { Command } from 'commander';
import { InstancesServiceService } from '../../../internal/api/grpc/generated/protium/v1/instances.ts';
import { addChangeOptions, changeOne, type ChangeOneOptions } from '../operations/change-one.ts';
import type { RunSession } from '../session.ts';

interface MigrateOptions extends ChangeOneOptions {
  readonly offline?: boolean;
}

export function addMigrateCommand(program: Command, run: RunSession): void {
  addChangeOptions(program.command('migrate'))
    .description('move an instance to another host while it runs, with its disks')
    .argument('<instance>', 'name or uuid')
    .argument('<host>', 'a host of: protium migration targets')
    .option('--offline', 'move one that is off: the only way for one with devices of this host')
    .action((instance: string, host: string, options: MigrateOptions, command: Command) =>
      run(command, async (session) => {
        await changeOne(session, options, {
          method: InstancesServiceService.migrateInstance,
          instance,
          request: {
            instance,
            target: host,
            offline: options.offline ?? false,
            validateOnly: options.dryRun ?? false,
          },
          done: ({ notices }) => {
            const told = Array.isArray(notices) ? notices : [];
            for (const notice of told) session.output.note(`note: ${String(notice)}`);
            return `${instance} is on ${host}`;
          },
        });
      }),
    );
}
