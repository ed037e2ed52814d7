import type { Command } from 'commander';
import type { RunSession } from '../session.ts';
import { addSubscriptionCreateCommand } from './subscription-create.ts';
import { addSubscriptionDeleteCommand } from './subscription-delete.ts';
import { addSubscriptionGetCommand } from './subscription-get.ts';
import { addSubscriptionListCommand } from './subscription-list.ts';
import { addSubscriptionPlansCommand } from './subscription-plans.ts';

export function addSubscriptionCommands(program: Command, run: RunSession): void {
  const subscription = program
    .command('subscription')
    .description('parts of the host that are held for owners');
  addSubscriptionPlansCommand(subscription, run);
  addSubscriptionListCommand(subscription, run);
  addSubscriptionGetCommand(subscription, run);
  addSubscriptionCreateCommand(subscription, run);
  addSubscriptionDeleteCommand(subscription, run);
}
