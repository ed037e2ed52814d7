import { open } from 'node:fs/promises';
import { Option, type Command } from 'commander';
import { Failure } from '../failure.ts';
import { consoleApi } from '../gpueater/console-api.ts';
import { extensions } from '../gpueater/extensions/all.ts';
import { readFields } from '../gpueater/fields.ts';
import { callFunction } from '../gpueater/functions.ts';
import { runExtension } from '../gpueater/run-extension.ts';
import type { RunSession, Session } from '../session.ts';

interface CallOptions {
  readonly url?: string;
  readonly save?: string;
}

export function addGpueaterCallCommand(parent: Command, run: RunSession): void {
  parent
    .command('call')
    .description(
      "call one of GPUEater's functions by its name: by HTTP, or over SSH where it needs a guest only",
    )
    .argument('<function>', 'e.g. instance_list; api_list names them all')
    .argument('[field...]', 'KEY=VALUE, as in the forms of GPUEater')
    .addOption(
      new Option(
        '--url <url>',
        'where the daemon serves HTTP, with an access key: http://ACCESS:SECRET@HOST:PORT',
      ).env('GPUEATER_URL'),
    )
    .option('--save <file>', 'where a file that is answered (make_invoice) is written; it must be new')
    .action((name: string, words: readonly string[], options: CallOptions, command: Command) =>
      run(command, async (session) => {
        const fields = readFields(words);
        const extension = extensions.find((each) => each.name === name);
        if (extension === undefined) await call(session, name, fields.all, options);
        else await runExtension(session, extension, null, fields);
      }),
    );
}

async function call(
  { output }: Session,
  name: string,
  fields: ReadonlyMap<string, string>,
  { url, save }: CallOptions,
): Promise<void> {
  if (url === undefined) {
    throw new Failure('usage', 'GPUEATER_URL is not set: protium gpueater url --user NAME prints it.', {
      exit: 'usage',
    });
  }
  const answer = await callFunction(consoleApi(url), name, fields);
  if ('data' in answer) {
    const { data } = answer;
    output.object(data, { names: [], text: () => `${JSON.stringify(data, null, 2)}\n` });
    return;
  }
  if (save === undefined) {
    throw new Failure(
      'usage',
      `${name} answered a file, ${answer.fileName}: say by --save where it is written.`,
      {
        exit: 'usage',
      },
    );
  }
  const file = await open(save, 'wx').catch((error: unknown) => {
    throw new Failure('file-not-written', `${save} cannot be written: ${(error as Error).message}`);
  });
  try {
    await file.writeFile(answer.file);
  } finally {
    await file.close();
  }
  output.note(`${answer.file.length} bytes in ${save}`);
}
