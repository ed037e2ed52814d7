import type { Command } from 'commander';
import { FirewallServiceService } from '../../../internal/api/grpc/generated/protium/v1/firewall.ts';
import { firewallFields } from '../output/firewall-text.ts';
import type { RunSession } from '../session.ts';

export function addFirewallGetCommand(parent: Command, run: RunSession): void {
  parent
    .command('get')
    .description('show the firewall of an instance')
    .argument('<instance>', 'name or uuid')
    .action((instance: string, _options: object, command: Command) =>
      run(command, async ({ daemon, output }) => {
        const method = FirewallServiceService.getFirewall;
        const answer = await daemon.call(method, { instance });
        const { firewall } = answer;
        if (firewall === undefined) return;
        output.answer(method, answer, { names: [instance], text: () => firewallFields(firewall) });
      }),
    );
}
