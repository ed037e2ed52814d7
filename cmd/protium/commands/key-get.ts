import type { Command } from 'commander';
import { KeyPairsServiceService } from '../../../internal/api/grpc/generated/protium/v1/key_pairs.ts';
import { keyPairFields } from '../output/key-pair-text.ts';
import type { RunSession } from '../session.ts';

export function addKeyGetCommand(parent: Command, run: RunSession): void {
  parent
    .command('get')
    .description('show one key pair: its public half')
    .argument('<key>', 'its name')
    .option('--owner <id>', 'of this client (32 hexadecimal digits)', '')
    .action((name: string, { owner }: { readonly owner: string }, command: Command) =>
      run(command, async ({ daemon, output }) => {
        const method = KeyPairsServiceService.getKeyPair;
        const answer = await daemon.call(method, { name, owner });
        const { keyPair } = answer;
        if (keyPair === undefined) return;
        output.answer(method, answer, { names: [name], text: () => keyPairFields(keyPair) });
      }),
    );
}
