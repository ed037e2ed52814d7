import type { Command } from 'commander';
import { MigrationsServiceService } from '../../../internal/api/grpc/generated/protium/v1/migrations.ts';
import { migrationTable } from '../output/migration-text.ts';
import type { RunSession } from '../session.ts';

export function addMigrationGetCommand(parent: Command, run: RunSession): void {
  parent
    .command('get')
    .description('show where an instance went')
    .argument('<migration>', 'name or uuid of the instance')
    .action((instance: string, _options: object, command: Command) =>
      run(command, async ({ daemon, output }) => {
        const method = MigrationsServiceService.getMigration;
        const answer = await daemon.call(method, { instance });
        const found = answer.migration === undefined ? [] : [answer.migration];
        output.answer(method, answer, {
          names: found.map((each) => each.instance),
          text: () => migrationTable(found),
        });
      }),
    );
}
