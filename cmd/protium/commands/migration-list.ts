import type { Command } from 'commander';
import { MigrationsServiceService } from '../../../internal/api/grpc/generated/protium/v1/migrations.ts';
import { allPages, pageSize } from '../connection/all-pages.ts';
import { migrationTable } from '../output/migration-text.ts';
import type { RunSession } from '../session.ts';

export function addMigrationListCommand(parent: Command, run: RunSession): void {
  parent
    .command('list')
    .description('list the instances that went to other hosts')
    .option('--owner <owner>', "only this owner's (32 hex digits)", '')
    .option('--host <host>', 'only those that went to this host', '')
    .action(({ owner, host }: { readonly owner: string; readonly host: string }, command: Command) =>
      run(command, async ({ daemon, output }) => {
        const method = MigrationsServiceService.listMigrations;
        const migrations = await allPages(async (pageToken) => {
          const answer = await daemon.call(method, { owner, target: host, pageSize, pageToken });
          return { items: answer.migrations, next: answer.nextPageToken };
        });
        output.answer(
          method,
          { migrations, nextPageToken: '' },
          { names: migrations.map(({ instance }) => instance), text: () => migrationTable(migrations) },
        );
      }),
    );
}
