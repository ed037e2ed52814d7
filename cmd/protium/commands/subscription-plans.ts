import type { Command } from 'commander';
import { SubscriptionsServiceService } from '../../../internal/api/grpc/generated/protium/v1/subscriptions.ts';
import { allPages, pageSize } from '../connection/all-pages.ts';
import { subscriptionPlanTable } from '../output/usage-text.ts';
import type { RunSession } from '../session.ts';

export function addSubscriptionPlansCommand(parent: Command, run: RunSession): void {
  parent
    .command('plans')
    .description('list what can be subscribed to')
    .action((_options: object, command: Command) =>
      run(command, async ({ daemon, output }) => {
        const method = SubscriptionsServiceService.listSubscriptionPlans;
        const plans = await allPages(async (pageToken) => {
          const answer = await daemon.call(method, { pageSize, pageToken });
          return { items: answer.plans, next: answer.nextPageToken };
        });
        output.answer(
          method,
          { plans, nextPageToken: '' },
          { names: plans.map(({ id }) => id), text: () => subscriptionPlanTable(plans) },
        );
      }),
    );
}
