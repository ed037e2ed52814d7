import type { Command } from 'commander';
import { InstancesServiceService } from '../../../internal/api/grpc/generated/protium/v1/instances.ts';
import { Failure } from '../failure.ts';
import { addDryRunOption } from '../operations/change-object.ts';
import { instanceFields } from '../output/instance-text.ts';
import type { RunSession } from '../session.ts';
import { collect } from './collect.ts';

interface UpdateOptions {
  readonly autostart?: boolean;
  readonly description?: string;
  /** false: --no-tag */
  readonly tag?: readonly string[] | false;
  readonly etag: string;
  readonly dryRun?: boolean;
}

export function addUpdateCommand(program: Command, run: RunSession): void {
  addDryRunOption(program.command('update'))
    .description('change what may be changed of an instance at any time')
    .argument('<instance>', 'name or uuid')
    .option('--autostart', 'start it with the host')
    .option('--no-autostart', 'do not start it with the host')
    .option('--description <text>', 'for people; empty text removes it')
    .option('--tag <tag>', 'replaces all tags; may be repeated', collectTag)
    .option('--no-tag', 'removes all tags')
    .option('--etag <etag>', 'only if it is still the one with this etag', '')
    .action((instance: string, options: UpdateOptions, command: Command) =>
      run(command, async ({ daemon, output }) => {
        const { autostart, description, tag, etag, dryRun = false } = options;
        // A flag that has a negation is true where neither is given.
        const said = (name: string): boolean => command.getOptionValueSource(name) === 'cli';
        const change = {
          autostart: said('autostart') ? autostart : undefined,
          description,
          tags: said('tag') ? { values: tag === false ? [] : [...(tag ?? [])] } : undefined,
        };
        if (Object.values(change).every((value) => value === undefined)) {
          throw new Failure('usage', 'Say what to change: protium help update.', { exit: 'usage' });
        }
        const method = InstancesServiceService.updateInstance;
        const answer = await daemon.call(method, { instance, etag, ...change, validateOnly: dryRun });
        const { instance: updated } = answer;
        if (updated === undefined) return;
        const text = () => (dryRun ? `${updated.name} could be changed\n` : instanceFields(updated));
        output.answer(method, answer, { names: [updated.name], text });
      }),
    );
}

function collectTag(tag: string, before: unknown): readonly string[] {
  return collect(tag, Array.isArray(before) ? before.map(String) : undefined);
}
