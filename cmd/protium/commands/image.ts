import type { Command } from 'commander';
import type { RunSession } from '../session.ts';
import { addImageCatalogueCommand } from './image-catalogue.ts';
import { addImageDeleteCommand } from './image-delete.ts';
import { addImageGetCommand } from './image-get.ts';
import { addImageImportCommand } from './image-import.ts';
import { addImageListCommand } from './image-list.ts';

export function addImageCommands(program: Command, run: RunSession): void {
  const image = program.command('image').description('disks to make instances from');
  addImageListCommand(image, run);
  addImageGetCommand(image, run);
  addImageCatalogueCommand(image, run);
  addImageImportCommand(image, run);
  addImageDeleteCommand(image, run);
}
