import type { Command } from 'commander';
import { KeyPairsServiceService } from '../../../internal/api/grpc/generated/protium/v1/key_pairs.ts';
import { allPages, pageSize } from '../connection/all-pages.ts';
import { keyPairTable } from '../output/key-pair-text.ts';
import type { RunSession } from '../session.ts';

interface KeyListOptions {
  readonly fingerprint: string;
  readonly owner: string;
}

export function addKeyListCommand(parent: Command, run: RunSession): void {
  parent
    .command('list')
    .description('list the key pairs, by name')
    .option('--fingerprint <fingerprint>', 'only the one with this fingerprint (SHA256:...)', '')
    .option('--owner <id>', 'of this client (32 hexadecimal digits)', '')
    .action(({ fingerprint, owner }: KeyListOptions, command: Command) =>
      run(command, async ({ daemon, output }) => {
        const method = KeyPairsServiceService.listKeyPairs;
        const keyPairs = await allPages(async (pageToken) => {
          const answer = await daemon.call(method, { owner, fingerprint, pageSize, pageToken });
          return { items: answer.keyPairs, next: answer.nextPageToken };
        });
        output.answer(
          method,
          { keyPairs, nextPageToken: '' },
          { names: keyPairs.map(({ name }) => name), text: () => keyPairTable(keyPairs) },
        );
      }),
    );
}
