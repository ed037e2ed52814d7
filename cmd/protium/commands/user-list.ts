import type { Command } from 'commander';
import { UsersServiceService } from '../../../internal/api/grpc/generated/protium/v1/users.ts';
import { allPages, pageSize } from '../connection/all-pages.ts';
import { userTable } from '../output/access-text.ts';
import type { RunSession } from '../session.ts';

export function addUserListCommand(parent: Command, run: RunSession): void {
  parent
    .command('list')
    .description('list the users, by name')
    .action((_options: object, command: Command) =>
      run(command, async ({ daemon, output }) => {
        const method = UsersServiceService.listUsers;
        const users = await allPages(async (pageToken) => {
          const answer = await daemon.call(method, { pageSize, pageToken });
          return { items: answer.users, next: answer.nextPageToken };
        });
        output.answer(
          method,
          { users, nextPageToken: '' },
          { names: users.map(({ name }) => name), text: () => userTable(users) },
        );
      }),
    );
}
