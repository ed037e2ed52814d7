import type { Command } from 'commander';
import { MigrationsServiceService } from '../../../internal/api/grpc/generated/protium/v1/migrations.ts';
import { targetTable } from '../output/migration-text.ts';
import type { RunSession } from '../session.ts';

export function addMigrationTargetsCommand(parent: Command, run: RunSession): void {
  parent
    .command('targets')
    .description('list the hosts that instances can move to, and whether they answer')
    .action((_options: object, command: Command) =>
      run(command, async ({ daemon, output }) => {
        const method = MigrationsServiceService.listMigrationTargets;
        const answer = await daemon.call(method, {});
        output.answer(method, answer, {
          names: answer.targets.map(({ name }) => name),
          text: () => targetTable(answer.targets),
        });
      }),
    );
}
