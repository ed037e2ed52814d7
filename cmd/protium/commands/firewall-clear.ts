import type { Command } from 'commander';
import { FirewallServiceService } from '../../../internal/api/grpc/generated/protium/v1/firewall.ts';
import { addWaitOption } from '../operations/change-instances.ts';
import { addDryRunOption, changeObject } from '../operations/change-object.ts';
import type { RunSession } from '../session.ts';

interface FirewallClearOptions {
  readonly wait: boolean;
  readonly dryRun?: boolean;
}

export function addFirewallClearCommand(parent: Command, run: RunSession): void {
  addDryRunOption(addWaitOption(parent.command('clear')))
    .description('remove the firewall of an instance: everything passes')
    .argument('<instance>', 'name or uuid')
    .action((instance: string, { wait, dryRun = false }: FirewallClearOptions, command: Command) =>
      run(command, (session) =>
        changeObject(session, instance, {
          method: FirewallServiceService.replaceFirewall,
          request: {
            instance,
            defaultIn: 'accept',
            defaultOut: 'accept',
            rules: [],
            etag: '',
            validateOnly: dryRun,
          },
          done: 'has no firewall',
          wait,
          dryRun,
        }),
      ),
    );
}
