import type { Command } from 'commander';
import { ProvisionsServiceService } from '../../../internal/api/grpc/generated/protium/v1/provisions.ts';
import { allPages, pageSize } from '../connection/all-pages.ts';
import { provisionTable } from '../output/provision-text.ts';
import type { RunSession } from '../session.ts';

export function addProvisionListCommand(parent: Command, run: RunSession): void {
  parent
    .command('list')
    .description('list what was provisioned, the newest first')
    .option('--owner <id>', 'for this client (32 hexadecimal digits)', '')
    .action(({ owner }: { readonly owner: string }, command: Command) =>
      run(command, async ({ daemon, output }) => {
        const method = ProvisionsServiceService.listProvisions;
        const provisions = await allPages(async (pageToken) => {
          const answer = await daemon.call(method, { owner, pageSize, pageToken });
          return { items: answer.provisions, next: answer.nextPageToken };
        });
        const answer = { provisions, nextPageToken: '' };
        output.answer(method, answer, {
          names: provisions.map(({ id }) => id),
          text: () => provisionTable(provisions),
        });
      }),
    );
}
