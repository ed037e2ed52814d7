import type { Command } from 'commander';
import { FloatingAddressesServiceService } from '../../../internal/api/grpc/generated/protium/v1/floating_addresses.ts';
import { addDryRunOption } from '../operations/change-object.ts';
import { floatingAddressFields } from '../output/floating-address-text.ts';
import type { RunSession } from '../session.ts';

export function addAddressRefreshCommand(parent: Command, run: RunSession): void {
  addDryRunOption(parent.command('refresh'))
    .description("make the host's addresses and rules again")
    .argument('<floating-address>', 'or the instance that it leads to')
    .action((floatingAddress: string, { dryRun = false }: { readonly dryRun?: boolean }, command: Command) =>
      run(command, async ({ daemon, output }) => {
        const method = FloatingAddressesServiceService.refreshFloatingAddress;
        const answer = await daemon.call(method, { floatingAddress, validateOnly: dryRun });
        const { floatingAddress: shown } = answer;
        if (shown === undefined) return;
        output.answer(method, answer, { names: [shown.address], text: () => floatingAddressFields(shown) });
      }),
    );
}
