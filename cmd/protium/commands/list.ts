import type { Command } from 'commander';
import { InstancesServiceService } from '../../../internal/api/grpc/generated/protium/v1/instances.ts';
import { allPages, pageSize } from '../connection/all-pages.ts';
import { domainStates } from '../output/enum-names.ts';
import { instanceTable } from '../output/instance-text.ts';
import type { RunSession } from '../session.ts';
import { collect } from './collect.ts';
import { statesOf, statesOption } from './states-option.ts';

interface ListOptions {
  readonly state: readonly string[];
  readonly tag: readonly string[];
  readonly owner: string;
}

export function addListCommand(program: Command, run: RunSession): void {
  program
    .command('list')
    .description('list the instances, newest first')
    .addOption(statesOption(domainStates, 'only instances in this state'))
    .option('--tag <tag>', 'only instances with this tag; may be repeated: with all of them', collect, [])
    .option('--owner <id>', 'only instances of this client (32 hexadecimal digits)', '')
    .action((options: ListOptions, command: Command) =>
      run(command, async ({ daemon, output }) => {
        const states = statesOf(domainStates, options.state);
        const { tag, owner } = options;
        const method = InstancesServiceService.listInstances;
        const instances = await allPages(async (pageToken) => {
          const answer = await daemon.call(method, { owner, states, tags: [...tag], pageSize, pageToken });
          return { items: answer.instances, next: answer.nextPageToken };
        });
        output.answer(
          method,
          { instances, nextPageToken: '' },
          { names: instances.map(({ name }) => name), text: () => instanceTable(instances, output) },
        );
      }),
    );
}
