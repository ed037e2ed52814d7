import type { Command } from 'commander';
import { MigrationsServiceService } from '../../../internal/api/grpc/generated/protium/v1/migrations.ts';
import type { RunSession } from '../session.ts';

export function addMigrationForgetCommand(parent: Command, run: RunSession): void {
  parent
    .command('forget')
    .description('forget where an instance went; nothing is done with it')
    .argument('<migration>', 'name or uuid of the instance')
    .option('--dry-run', 'only check whether it can be done')
    .action((instance: string, { dryRun = false }: { readonly dryRun?: boolean }, command: Command) =>
      run(command, async ({ daemon, output }) => {
        const method = MigrationsServiceService.deleteMigration;
        const answer = await daemon.call(method, { instance, validateOnly: dryRun });
        output.answer(method, answer, {
          names: [instance],
          text: () =>
            dryRun
              ? `${instance}: this can be done; nothing was changed\n`
              : `where ${instance} went is forgotten\n`,
        });
      }),
    );
}
