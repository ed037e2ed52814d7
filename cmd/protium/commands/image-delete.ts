import type { Command } from 'commander';
import { ImagesServiceService } from '../../../internal/api/grpc/generated/protium/v1/images.ts';
import { addWaitOption, changeInstances } from '../operations/change-instances.ts';
import type { RunSession } from '../session.ts';

interface ImageDeleteOptions {
  readonly wait: boolean;
  readonly dryRun?: boolean;
}

export function addImageDeleteCommand(parent: Command, run: RunSession): void {
  addWaitOption(parent.command('delete'))
    .description('delete images; one that something needs is refused')
    .argument('<image...>', 'names or ids')
    .option('--dry-run', 'only say whether they could be deleted')
    .action((images: readonly string[], { wait, dryRun = false }: ImageDeleteOptions, command: Command) =>
      run(command, (session) =>
        changeInstances(session, images, wait || dryRun, {
          method: ImagesServiceService.deleteImage,
          request: (image) => ({ image, validateOnly: dryRun, idempotencyKey: '' }),
          done: dryRun ? 'could be deleted' : 'is deleted',
        }),
      ),
    );
}
