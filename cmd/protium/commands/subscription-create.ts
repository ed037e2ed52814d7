import type { Command } from 'commander';
import { SubscriptionsServiceService } from '../../../internal/api/grpc/generated/protium/v1/subscriptions.ts';
import { subscriptionFields } from '../output/usage-text.ts';
import type { RunSession } from '../session.ts';

interface SubscriptionCreateOptions {
  readonly owner: string;
  readonly idempotencyKey: string;
  readonly dryRun?: boolean;
}

export function addSubscriptionCreateCommand(parent: Command, run: RunSession): void {
  parent
    .command('create')
    .description('hold what a plan says, from now on')
    .argument('<plan>', 'its id')
    .option('--owner <id>', 'for this client (32 hexadecimal digits)', '')
    .option('--idempotency-key <key>', 'the same key again means the same subscription', '')
    .option('--dry-run', 'only check it')
    .action((plan: string, options: SubscriptionCreateOptions, command: Command) =>
      run(command, async ({ daemon, output }) => {
        const { owner, idempotencyKey, dryRun: validateOnly = false } = options;
        const method = SubscriptionsServiceService.createSubscription;
        const answer = await daemon.call(method, { plan, owner, idempotencyKey, validateOnly });
        const { subscription } = answer;
        if (subscription === undefined) return;
        const text = () => (validateOnly ? `${plan} could be held\n` : subscriptionFields(subscription));
        output.answer(method, answer, { names: validateOnly ? [] : [subscription.id], text });
      }),
    );
}
