import type { Command } from 'commander';
import { SubscriptionsServiceService } from '../../../internal/api/grpc/generated/protium/v1/subscriptions.ts';
import type { RunSession } from '../session.ts';

interface SubscriptionDeleteOptions {
  readonly keepInstance?: boolean;
  readonly dryRun?: boolean;
}

export function addSubscriptionDeleteCommand(parent: Command, run: RunSession): void {
  parent
    .command('delete')
    .description('end a subscription now')
    .argument('<subscription>', 'its id')
    .option('--keep-instance', 'an instance that lives on it stays, and is charged by the hour')
    .option('--dry-run', 'only check it')
    .action((id: string, options: SubscriptionDeleteOptions, command: Command) =>
      run(command, async ({ daemon, output }) => {
        const { keepInstance = false, dryRun: validateOnly = false } = options;
        const method = SubscriptionsServiceService.deleteSubscription;
        const answer = await daemon.call(method, { id, keepInstance, validateOnly });
        const text = () => `${id} ${validateOnly ? 'would be' : 'is'} ended\n`;
        output.answer(method, answer, { names: [id], text });
      }),
    );
}
