import type { Command } from 'commander';
import { SnapshotsServiceService } from '../../../internal/api/grpc/generated/protium/v1/snapshots.ts';
import { addChangeOptions, changeOne, type ChangeOneOptions } from '../operations/change-one.ts';
import type { RunSession } from '../session.ts';

interface SnapshotCreateOptions extends ChangeOneOptions {
  readonly description: string;
  readonly memory?: boolean;
  readonly quiesce?: boolean;
  readonly key: string;
}

export function addSnapshotCreateCommand(parent: Command, run: RunSession): void {
  addChangeOptions(parent.command('create'))
    .description('take a snapshot')
    .argument('<instance>', 'name or uuid')
    .argument('<name>', 'lower-case letters, digits, dots and dashes')
    .option('--description <text>', 'for people', '')
    .option('--memory', 'with the memory of an instance that runs')
    .option('--quiesce', 'have the guest write out its file systems first, by its agent')
    .option('--key <key>', 'the same key again means the same operation', '')
    .action((instance: string, name: string, options: SnapshotCreateOptions, command: Command) =>
      run(command, (session) =>
        changeOne(session, options, {
          method: SnapshotsServiceService.createSnapshot,
          instance,
          request: {
            instance,
            name,
            description: options.description,
            memory: options.memory ?? false,
            quiesce: options.quiesce ?? false,
            validateOnly: options.dryRun ?? false,
            idempotencyKey: options.key,
          },
          done: () => `${instance} has the snapshot ${name}`,
        }),
      ),
    );
}
