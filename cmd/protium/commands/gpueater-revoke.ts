import type { Command } from 'commander';
import { AccessKeysServiceService } from '../../../internal/api/grpc/generated/protium/v1/access_keys.ts';
import type { RunSession } from '../session.ts';

export function addGpueaterRevokeCommand(parent: Command, run: RunSession): void {
  parent
    .command('revoke')
    .description('end access keys for good, with what was logged in by them')
    .argument('<access-key...>', 'their ids')
    .option('--dry-run', 'only see whether they can be')
    .action((ids: readonly string[], { dryRun = false }: { readonly dryRun?: boolean }, command: Command) =>
      run(command, async ({ daemon, output }) => {
        const method = AccessKeysServiceService.revokeAccessKey;
        const failures: unknown[] = [];
        for (const accessKey of ids) {
          try {
            const answer = await daemon.call(method, { accessKey, validateOnly: dryRun });
            const text = () => `${accessKey} ${dryRun ? 'would be' : 'is'} revoked\n`;
            output.answer(method, answer, { names: [accessKey], text });
          } catch (error) {
            failures.push(error);
          }
        }
        if (failures.length === 1) throw failures[0];
        if (failures.length > 1) throw new AggregateError(failures);
      }),
    );
}
