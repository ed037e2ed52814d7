import type { Command } from 'commander';
import { TokensServiceService } from '../../../internal/api/grpc/generated/protium/v1/tokens.ts';
import { forEach } from '../access/each.ts';
import type { RunSession } from '../session.ts';

export function addTokenRevokeCommand(parent: Command, run: RunSession): void {
  parent
    .command('revoke')
    .description('end tokens for good')
    .argument('<api-token...>', 'their ids')
    .option('--dry-run', 'only see whether they can be')
    .action((ids: readonly string[], { dryRun = false }: { readonly dryRun?: boolean }, command: Command) =>
      run(command, async ({ daemon, output }) => {
        const method = TokensServiceService.revokeToken;
        await forEach(ids, async (token) => {
          const answer = await daemon.call(method, { token, validateOnly: dryRun });
          const text = () => `${token} ${dryRun ? 'would be' : 'is'} revoked\n`;
          output.answer(method, answer, { names: [token], text });
        });
      }),
    );
}
