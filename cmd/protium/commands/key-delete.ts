import type { Command } from 'commander';
import { KeyPairsServiceService } from '../../../internal/api/grpc/generated/protium/v1/key_pairs.ts';
import type { RunSession } from '../session.ts';

interface KeyDeleteOptions {
  readonly owner: string;
  readonly dryRun?: boolean;
}

export function addKeyDeleteCommand(parent: Command, run: RunSession): void {
  parent
    .command('delete')
    .description('forget key pairs; instances that have them keep them')
    .argument('<key...>', 'names')
    .option('--owner <id>', 'of this client (32 hexadecimal digits)', '')
    .option('--dry-run', 'only see whether they are there')
    .action((names: readonly string[], { owner, dryRun = false }: KeyDeleteOptions, command: Command) =>
      run(command, async ({ daemon, output }) => {
        const method = KeyPairsServiceService.deleteKeyPair;
        const failures: unknown[] = [];
        for (const name of names) {
          try {
            const answer = await daemon.call(method, { name, owner, validateOnly: dryRun });
            const text = () => `${name} ${dryRun ? 'would be' : 'is'} deleted\n`;
            output.answer(method, answer, { names: [name], text });
          } catch (error) {
            failures.push(error);
          }
        }
        if (failures.length === 1) throw failures[0];
        if (failures.length > 1) throw new AggregateError(failures);
      }),
    );
}
