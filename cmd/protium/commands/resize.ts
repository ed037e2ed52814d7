import type { Command } from 'commander';
import { InstancesServiceService } from '../../../internal/api/grpc/generated/protium/v1/instances.ts';
import { addChangeOptions, changeOne, type ChangeOneOptions } from '../operations/change-one.ts';
import type { RunSession } from '../session.ts';
import { parseCount } from './parse-number.ts';
import { parseMemory } from './parse-size.ts';

interface ResizeOptions extends ChangeOneOptions {
  readonly slots?: number;
  readonly memory?: bigint;
}

export function addResizeCommand(program: Command, run: RunSession): void {
  addChangeOptions(program.command('resize'))
    .description('give an instance other vCPUs or memory, at once as far as its guest allows')
    .argument('<instance>', 'name or uuid')
    .option('--slots <count>', "cores, or threads with allowSMT, as a config's", parseCount)
    .option('--memory <size>', 'MiB, or with a unit: 2GiB', parseMemory)
    .action((instance: string, options: ResizeOptions, command: Command) =>
      run(command, (session) =>
        changeOne(session, options, {
          method: InstancesServiceService.resizeInstance,
          instance,
          request: {
            instance,
            slots: options.slots ?? 0,
            memoryMib: options.memory ?? 0n,
            validateOnly: options.dryRun ?? false,
          },
          done: ({ pendingRestart }) =>
            Array.isArray(pendingRestart) && pendingRestart.length > 0
              ? `${instance} is resized; some of it takes effect at its next start: protium get ${instance}`
              : `${instance} is resized`,
        }),
      ),
    );
}
