import type { Command } from 'commander';
import { ProvisionsServiceService } from '../../../internal/api/grpc/generated/protium/v1/provisions.ts';
import { Failure } from '../failure.ts';
import { planText } from '../output/provision-text.ts';
import { addProvisionOptions, type ProvisionOptions } from '../provision/options.ts';
import { provisionWish } from '../provision/wish.ts';
import type { RunSession } from '../session.ts';

export function addProvisionPlanCommand(parent: Command, run: RunSession): void {
  addProvisionOptions(parent.command('plan'))
    .description('show what would be made for it, why, and what is in the way; nothing is made')
    .action((source: string | undefined, options: ProvisionOptions, command: Command) =>
      run(command, async (session) => {
        const { wish } = await provisionWish(session, source, options, process.env);
        const method = ProvisionsServiceService.planProvision;
        const answer = await session.daemon.call(method, { wish });
        const { plan } = answer;
        session.output.answer(method, answer, {
          names: plan === undefined ? [] : [plan.name],
          text: () => (plan === undefined ? '' : planText(plan)),
        });
        if (plan !== undefined && plan.refusals.length > 0) {
          throw new Failure('host-incapable', 'It cannot be done like this.', {
            exit: 'refused',
            reasons: plan.refusals,
          });
        }
      }),
    );
}
