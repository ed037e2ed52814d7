import { open, rm } from 'node:fs/promises';
import { Option, type Command } from 'commander';
import {
  KeyPairsServiceService,
  KeyPairType,
} from '../../../internal/api/grpc/generated/protium/v1/key_pairs.ts';
import { Failure } from '../failure.ts';
import { keyPairFields } from '../output/key-pair-text.ts';
import type { RunSession } from '../session.ts';

interface KeyCreateOptions {
  readonly type: keyof typeof types;
  readonly owner: string;
  readonly file?: string;
  readonly dryRun?: boolean;
}

const types = {
  ed25519: KeyPairType.KEY_PAIR_TYPE_ED25519,
  'ecdsa-p256': KeyPairType.KEY_PAIR_TYPE_ECDSA_P256,
} as const;

export function addKeyCreateCommand(parent: Command, run: RunSession): void {
  parent
    .command('create')
    .description('make a key pair; its private half is written to a file here, and kept nowhere else')
    .argument('<name>', 'what it is to be called')
    .addOption(new Option('--type <type>', 'the kind of key').choices(Object.keys(types)).default('ed25519'))
    .option('--file <file>', 'where the private half is written; default: NAME.key; -: to stdout')
    .option('--owner <id>', 'the client that it belongs to (32 hexadecimal digits)', '')
    .option('--dry-run', 'only check it')
    .action(
      (
        name: string,
        { type, owner, file = `${name}.key`, dryRun = false }: KeyCreateOptions,
        command: Command,
      ) =>
        run(command, async ({ daemon, output }) => {
          const method = KeyPairsServiceService.createKeyPair;
          const request = { name, type: types[type], owner, idempotencyKey: '', validateOnly: dryRun };
          if (dryRun) {
            const answer = await daemon.call(method, request);
            output.answer(method, answer, { names: [name], text: () => `${name} would be made\n` });
            return;
          }
          // Before the key is made: it is told once.
          const target = file === '-' ? null : await newFile(file);
          let written = false;
          try {
            const answer = await daemon.call(method, request);
            const { keyPair, privateKey } = answer;
            if (target === null) {
              if (output.format === 'table') output.write(privateKey);
              else output.answer(method, answer, { names: [name], text: () => privateKey });
              return;
            }
            await target.writeFile(privateKey);
            written = true;
            const shown = { ...answer, privateKey: '' };
            const text = () =>
              `${keyPair === undefined ? '' : keyPairFields(keyPair)}Its private half is in ${file}.\n`;
            output.answer(method, shown, { names: [name], text });
          } finally {
            await target?.close();
            if (target !== null && !written) await rm(file, { force: true });
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
      code === 'EEXIST' ? 'there is such a file already; give another by --file' : (error as Error).message;
    throw new Failure('usage', `${file}: ${why}.`, { exit: 'usage', cause: error });
  }
}
