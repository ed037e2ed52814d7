import { open, rm } from 'node:fs/promises';
import type { Command } from 'commander';
import { AccessKeysServiceService } from '../../../internal/api/grpc/generated/protium/v1/access_keys.ts';
import { Failure } from '../failure.ts';
import type { RunSession } from '../session.ts';

interface GpueaterUrlOptions {
  readonly user: string;
  readonly eater?: string;
  readonly dryRun?: boolean;
}

export function addGpueaterUrlCommand(parent: Command, run: RunSession): void {
  parent
    .command('url')
    .description("a new access key, as GPUEATER_URL for GPUEater's clients; its secret is told once")
    .requiredOption('--user <name>', 'whose it is to be; a new name makes a new user')
    .option(
      '--eater <file>',
      'also write it as the config of the clients (.eater), which must not be there yet',
    )
    .option('--dry-run', 'only check it')
    .action(({ user, eater, dryRun = false }: GpueaterUrlOptions, command: Command) =>
      run(command, async ({ daemon, output }) => {
        const method = AccessKeysServiceService.createAccessKey;
        const request = { user, idempotencyKey: '', validateOnly: dryRun };
        if (dryRun) {
          const answer = await daemon.call(method, request);
          output.answer(method, answer, { names: [], text: () => `${user} would have another access key\n` });
          return;
        }
        // Before the access key is made: it is told once.
        const file = eater === undefined ? null : await newFile(eater);
        let written = false;
        try {
          const answer = await daemon.call(method, request);
          const email = answer.accessKey?.id ?? '';
          const config = { gpueater: { email, password: answer.secret } };
          await file?.writeFile(`${JSON.stringify(config, null, 2)}\n`);
          written = true;
          output.answer(method, answer, { names: [email], text: () => `GPUEATER_URL=${answer.url}\n` });
        } finally {
          await file?.close();
          if (eater !== undefined && file !== null && !written) await rm(eater, { force: true });
        }
      }),
    );
}

async function newFile(file: string) {
  try {
    return await open(file, 'wx', 0o600);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const why =
      code === 'EEXIST' ? 'there is such a file already; remove it first' : (error as Error).message;
    throw new Failure('usage', `${file}: ${why}.`, { exit: 'usage', cause: error });
  }
}
