import type { Command } from 'commander';
import { TokensServiceService } from '../../../internal/api/grpc/generated/protium/v1/tokens.ts';
import type { RunSession } from '../session.ts';

export function addTokenRotateCommand(parent: Command, run: RunSession): void {
  parent
    .command('rotate')
    .description('another text for the same token; the one before lets nobody in any more')
    .argument('<api-token>', 'its id')
    .option('--dry-run', 'only see whether it can be')
    .action((token: string, { dryRun = false }: { readonly dryRun?: boolean }, command: Command) =>
      run(command, async ({ daemon, output }) => {
        const method = TokensServiceService.rotateToken;
        const answer = await daemon.call(method, { token, validateOnly: dryRun });
        output.answer(method, answer, {
          names: [token],
          text: () => (dryRun ? `${token} would have another text\n` : `${answer.text}\n`),
        });
      }),
    );
}
