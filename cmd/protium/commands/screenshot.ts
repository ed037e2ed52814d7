import { writeFile } from 'node:fs/promises';
import { Option, type Command } from 'commander';
import { ConsolesServiceService } from '../../../internal/api/grpc/generated/protium/v1/consoles.ts';
import { Failure } from '../failure.ts';
import type { RunSession } from '../session.ts';
import { parseWhole } from './parse-number.ts';

export function addScreenshotCommand(program: Command, run: RunSession): void {
  program
    .command('screenshot')
    .description('write what is on the display of an instance as PNG')
    .argument('<instance>', 'name or uuid')
    .argument('<file>', '-: stdout')
    .addOption(new Option('--screen <number>', 'which screen').argParser(parseWhole).default(0))
    .action((instance: string, file: string, { screen }: { readonly screen: number }, command: Command) =>
      run(command, async ({ daemon, terminal }) => {
        const { image } = await daemon.call(ConsolesServiceService.takeScreenshot, { instance, screen });
        if (file === '-') await terminal.write(image);
        else await writeFile(file, image).catch(unwritable);
      }),
    );
}

/** Throws `usage`: the file cannot be written. */
export function unwritable(error: Error): never {
  throw new Failure('usage', `${error.message}.`, { exit: 'usage', cause: error });
}
