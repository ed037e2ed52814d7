import type { Command } from 'commander';
import { FlavorsServiceService } from '../../../internal/api/grpc/generated/protium/v1/flavors.ts';
import { flavorFields } from '../output/flavor-text.ts';
import type { RunSession } from '../session.ts';

export function addFlavorGetCommand(parent: Command, run: RunSession): void {
  parent
    .command('get')
    .description('show one flavor, and why none could be had now')
    .argument('<flavor>', 'its name')
    .action((name: string, _options: object, command: Command) =>
      run(command, async ({ daemon, output }) => {
        const method = FlavorsServiceService.getFlavor;
        const answer = await daemon.call(method, { name });
        const { flavor, reasons } = answer;
        if (flavor === undefined) return;
        output.answer(method, answer, { names: [name], text: () => flavorFields(flavor, reasons) });
      }),
    );
}
