import type { Command } from 'commander';
import { FloatingAddressesServiceService } from '../../../internal/api/grpc/generated/protium/v1/floating_addresses.ts';
import { floatingAddressFields } from '../output/floating-address-text.ts';
import type { RunSession } from '../session.ts';

export function addAddressGetCommand(parent: Command, run: RunSession): void {
  parent
    .command('get')
    .description('show one floating address')
    .argument('<floating-address>', 'or the instance that it leads to')
    .action((floatingAddress: string, _options: object, command: Command) =>
      run(command, async ({ daemon, output }) => {
        const method = FloatingAddressesServiceService.getFloatingAddress;
        const answer = await daemon.call(method, { floatingAddress });
        const { floatingAddress: shown } = answer;
        if (shown === undefined) return;
        output.answer(method, answer, { names: [shown.address], text: () => floatingAddressFields(shown) });
      }),
    );
}
