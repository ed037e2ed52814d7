import type { Command } from 'commander';
import { SubscriptionsServiceService } from '../../../internal/api/grpc/generated/protium/v1/subscriptions.ts';
import { subscriptionFields } from '../output/usage-text.ts';
import type { RunSession } from '../session.ts';

export function addSubscriptionGetCommand(parent: Command, run: RunSession): void {
  parent
    .command('get')
    .description('show one subscription')
    .argument('<subscription>', 'its id')
    .action((id: string, _options: object, command: Command) =>
      run(command, async ({ daemon, output }) => {
        const method = SubscriptionsServiceService.getSubscription;
        const answer = await daemon.call(method, { id });
        const { subscription } = answer;
        if (subscription === undefined) return;
        output.answer(method, answer, { names: [id], text: () => subscriptionFields(subscription) });
      }),
    );
}
