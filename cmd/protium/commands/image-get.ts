import type { Command } from 'commander';
import { ImagesServiceService } from '../../../internal/api/grpc/generated/protium/v1/images.ts';
import { imageFields } from '../output/image-text.ts';
import type { RunSession } from '../session.ts';

export function addImageGetCommand(parent: Command, run: RunSession): void {
  parent
    .command('get')
    .description('show one image, and what needs it')
    .argument('<image>', 'name or id')
    .action((named: string, _options: object, command: Command) =>
      run(command, async ({ daemon, output }) => {
        const method = ImagesServiceService.getImage;
        const answer = await daemon.call(method, { image: named });
        const { image, users } = answer;
        if (image === undefined) return;
        output.answer(method, answer, { names: [image.name], text: () => imageFields(image, users) });
      }),
    );
}
