import type { Command } from 'commander';
import { SubscriptionsServiceService } from '../../../internal/api/grpc/generated/protium/v1/subscriptions.ts';
import { allPages, pageSize } from '../connection/all-pages.ts';
import { subscriptionTable } from '../output/usage-text.ts';
import type { RunSession } from '../session.ts';

interface SubscriptionListOptions {
  readonly owner: string;
  readonly plan: string;
  readonly ended?: boolean;
}

export function addSubscriptionListCommand(parent: Command, run: RunSession): void {
  parent
    .command('list')
    .description('list the subscriptions, oldest first')
    .option('--owner <id>', 'of this client (32 hexadecimal digits)', '')
    .option('--plan <plan>', 'of this plan', '')
    .option('--ended', 'those that have ended too')
    .action(({ owner, plan, ended = false }: SubscriptionListOptions, command: Command) =>
      run(command, async ({ daemon, output }) => {
        const method = SubscriptionsServiceService.listSubscriptions;
        const subscriptions = await allPages(async (pageToken) => {
          const answer = await daemon.call(method, { owner, plan, ended, pageSize, pageToken });
          return { items: answer.subscriptions, next: answer.nextPageToken };
        });
        output.answer(
          method,
          { subscriptions, nextPageToken: '' },
          { names: subscriptions.map(({ id }) => id), text: () => subscriptionTable(subscriptions) },
        );
      }),
    );
}
