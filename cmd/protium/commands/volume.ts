import type { Command } from 'commander';
import type { RunSession } from '../session.ts';
import { addVolumeCloneCommand } from './volume-clone.ts';
import { addVolumeCreateCommand } from './volume-create.ts';
import { addVolumeDeleteCommand } from './volume-delete.ts';
import { addVolumeGetCommand } from './volume-get.ts';
import { addVolumeListCommand } from './volume-list.ts';
import { addVolumeMoveCommand } from './volume-move.ts';
import { addVolumeResizeCommand } from './volume-resize.ts';

export function addVolumeCommands(program: Command, run: RunSession): void {
  const volume = program.command('volume').description('disks of VMs, whoever made them');
  addVolumeListCommand(volume, run);
  addVolumeGetCommand(volume, run);
  addVolumeCreateCommand(volume, run);
  addVolumeCloneCommand(volume, run);
  addVolumeMoveCommand(volume, run);
  addVolumeResizeCommand(volume, run);
  addVolumeDeleteCommand(volume, run);
}
