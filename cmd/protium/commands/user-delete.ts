import type { Command } from 'commander';
import { UsersServiceService } from '../../../internal/api/grpc/generated/protium/v1/users.ts';
import { forEach } from '../access/each.ts';
import type { RunSession } from '../session.ts';

export function addUserDeleteCommand(parent: Command, run: RunSession): void {
  parent
    .command('delete')
    .description('forget users, with their tokens and access keys; what is theirs stays, for administrators')
    .argument('<user...>', 'their names')
    .option('--dry-run', 'only see whether they can be')
    .action((names: readonly string[], { dryRun = false }: { readonly dryRun?: boolean }, command: Command) =>
      run(command, async ({ daemon, output }) => {
        const method = UsersServiceService.deleteUser;
        await forEach(names, async (user) => {
          const answer = await daemon.call(method, { user, validateOnly: dryRun });
          const text = () => `${user} ${dryRun ? 'would be' : 'is'} deleted\n`;
          output.answer(method, answer, { names: [user], text });
        });
      }),
    );
}
