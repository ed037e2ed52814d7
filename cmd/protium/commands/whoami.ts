import type { Command } from 'commander';
import { UsersServiceService } from '../../../internal/api/grpc/generated/protium/v1/users.ts';
import { whoAmIText } from '../output/access-text.ts';
import type { RunSession } from '../session.ts';

export function addWhoAmICommand(program: Command, run: RunSession): void {
  program
    .command('whoami')
    .description('who the daemon takes you for, and what you may do')
    .action((_options: object, command: Command) =>
      run(command, async ({ daemon, output }) => {
        const method = UsersServiceService.whoAmI;
        const answer = await daemon.call(method, {});
        output.answer(method, answer, { names: [answer.user], text: () => whoAmIText(answer) });
      }),
    );
}
