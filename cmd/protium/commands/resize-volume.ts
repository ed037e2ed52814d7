import type { Command } from 'commander';
import { AttachmentsServiceService } from '../../../internal/api/grpc/generated/protium/v1/attachments.ts';
import { addChangeOptions, changeOne, type ChangeOneOptions } from '../operations/change-one.ts';
import type { RunSession } from '../session.ts';
import { parseSize } from './parse-size.ts';

export function addResizeVolumeCommand(program: Command, run: RunSession): void {
  addChangeOptions(program.command('resize-volume'))
    .description('make a disk of an instance larger, whether it runs or not')
    .argument('<instance>', 'name or uuid')
    .argument('<target>', 'of the disk, e.g. vda: protium attachments')
    .argument('<size>', 'what it is to have: 20GiB', parseSize)
    .action(
      (instance: string, target: string, sizeBytes: bigint, options: ChangeOneOptions, command: Command) =>
        run(command, (session) =>
          changeOne(session, options, {
            method: AttachmentsServiceService.resizeAttachedVolume,
            instance,
            request: { instance, target, sizeBytes, validateOnly: options.dryRun ?? false },
            done: () => `${instance} has ${target} with ${sizeBytes} bytes`,
          }),
        ),
    );
}
