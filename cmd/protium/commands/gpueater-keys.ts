import type { Command } from 'commander';
import { AccessKeysServiceService } from '../../../internal/api/grpc/generated/protium/v1/access_keys.ts';
import { allPages, pageSize } from '../connection/all-pages.ts';
import { accessKeyTable } from '../output/access-key-text.ts';
import type { RunSession } from '../session.ts';

export function addGpueaterKeysCommand(parent: Command, run: RunSession): void {
  parent
    .command('keys')
    .description('list the access keys, the oldest first')
    .option('--user <name>', 'only those of this user', '')
    .action(({ user }: { readonly user: string }, command: Command) =>
      run(command, async ({ daemon, output }) => {
        const method = AccessKeysServiceService.listAccessKeys;
        const accessKeys = await allPages(async (pageToken) => {
          const answer = await daemon.call(method, { user, pageSize, pageToken });
          return { items: answer.accessKeys, next: answer.nextPageToken };
        });
        output.answer(
          method,
          { accessKeys, nextPageToken: '' },
          { names: accessKeys.map(({ id }) => id), text: () => accessKeyTable(accessKeys) },
        );
      }),
    );
}
