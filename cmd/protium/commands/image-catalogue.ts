import type { Command } from 'commander';
import { ImagesServiceService } from '../../../internal/api/grpc/generated/protium/v1/images.ts';
import { catalogueTable } from '../output/image-text.ts';
import type { RunSession } from '../session.ts';

export function addImageCatalogueCommand(parent: Command, run: RunSession): void {
  parent
    .command('catalogue')
    .description('list what can be imported by its name alone')
    .action((_options: object, command: Command) =>
      run(command, async ({ daemon, output }) => {
        const method = ImagesServiceService.listCatalogueImages;
        const answer = await daemon.call(method, {});
        const { images } = answer;
        output.answer(method, answer, {
          names: images.map(({ name }) => name),
          text: () => catalogueTable(images),
        });
      }),
    );
}
