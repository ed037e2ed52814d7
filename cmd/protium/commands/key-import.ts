import type { Command } from 'commander';
import { KeyPairsServiceService } from '../../../internal/api/grpc/generated/protium/v1/key_pairs.ts';
import { readKey } from '../config-file/keys.ts';
import { keyPairFields } from '../output/key-pair-text.ts';
import type { RunSession } from '../session.ts';

interface KeyImportOptions {
  readonly owner: string;
  readonly idempotencyKey: string;
  readonly dryRun?: boolean;
}

export function addKeyImportCommand(parent: Command, run: RunSession): void {
  parent
    .command('import')
    .description('keep a public key under a name')
    .argument('<name>', 'what it is to be called')
    .argument('<file>', 'the public key: a file that ends in .pub; -: from stdin')
    .option('--owner <id>', 'the client that it belongs to (32 hexadecimal digits)', '')
    .option('--idempotency-key <key>', 'the same key again means the same import', '')
    .option('--dry-run', 'only check it')
    .action((name: string, file: string, options: KeyImportOptions, command: Command) =>
      run(command, async (session) => {
        const { daemon, output } = session;
        const { owner, idempotencyKey, dryRun: validateOnly = false } = options;
        const publicKey = file === '-' ? await session.readStdin() : await readKey(file);
        const method = KeyPairsServiceService.importKeyPair;
        const answer = await daemon.call(method, { name, publicKey, owner, idempotencyKey, validateOnly });
        const { keyPair } = answer;
        if (keyPair === undefined) return;
        output.answer(method, answer, { names: [name], text: () => keyPairFields(keyPair) });
      }),
    );
}
