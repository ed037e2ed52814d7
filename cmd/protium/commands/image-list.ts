import type { Command } from 'commander';
import { ImagesServiceService } from '../../../internal/api/grpc/generated/protium/v1/images.ts';
import { allPages, pageSize } from '../connection/all-pages.ts';
import { imageTable } from '../output/image-text.ts';
import type { RunSession } from '../session.ts';

export function addImageListCommand(parent: Command, run: RunSession): void {
  parent
    .command('list')
    .description('list the images, by name')
    .option('--os <flavour>', 'only images of this system, e.g. debian', '')
    .action(({ os: osFlavour }: { readonly os: string }, command: Command) =>
      run(command, async ({ daemon, output }) => {
        const method = ImagesServiceService.listImages;
        const images = await allPages(async (pageToken) => {
          const answer = await daemon.call(method, { osFlavour, pageSize, pageToken });
          return { items: answer.images, next: answer.nextPageToken };
        });
        output.answer(
          method,
          { images, nextPageToken: '' },
          { names: images.map(({ name }) => name), text: () => imageTable(images) },
        );
      }),
    );
}
