import type { Command } from 'commander';
import { TokensServiceService } from '../../../internal/api/grpc/generated/protium/v1/tokens.ts';
import { allPages, pageSize } from '../connection/all-pages.ts';
import { tokenTable } from '../output/access-text.ts';
import type { RunSession } from '../session.ts';

export function addTokenListCommand(parent: Command, run: RunSession): void {
  parent
    .command('list')
    .description('list tokens, the oldest first: as administrator those of everybody, else yours')
    .option('--user <name>', 'only those of this user', '')
    .action(({ user }: { readonly user: string }, command: Command) =>
      run(command, async ({ daemon, output }) => {
        const method = TokensServiceService.listTokens;
        const tokens = await allPages(async (pageToken) => {
          const answer = await daemon.call(method, { user, pageSize, pageToken });
          return { items: answer.tokens, next: answer.nextPageToken };
        });
        output.answer(
          method,
          { tokens, nextPageToken: '' },
          { names: tokens.map(({ id }) => id), text: () => tokenTable(tokens) },
        );
      }),
    );
}
