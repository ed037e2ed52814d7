import type { Command } from 'commander';
import { FloatingAddressesServiceService } from '../../../internal/api/grpc/generated/protium/v1/floating_addresses.ts';
import { addDryRunOption } from '../operations/change-object.ts';
import { floatingAddressFields } from '../output/floating-address-text.ts';
import type { RunSession } from '../session.ts';
import { parsePort } from './parse-port.ts';

export function addAddressCloseCommand(parent: Command, run: RunSession): void {
  addDryRunOption(parent.command('close'))
    .description('close a TCP port of a floating address; 22 stays open')
    .argument('<floating-address>', 'or the instance that it leads to')
    .argument('<port>', 'of the instance', parsePort)
    .action(
      (
        floatingAddress: string,
        port: number,
        { dryRun = false }: { readonly dryRun?: boolean },
        command: Command,
      ) =>
        run(command, async ({ daemon, output }) => {
          const method = FloatingAddressesServiceService.closeFloatingPort;
          const answer = await daemon.call(method, { floatingAddress, port, validateOnly: dryRun });
          const { floatingAddress: shown } = answer;
          if (shown === undefined) return;
          output.answer(method, answer, { names: [shown.address], text: () => floatingAddressFields(shown) });
        }),
    );
}
