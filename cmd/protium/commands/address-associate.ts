import type { Command } from 'commander';
import { FloatingAddressesServiceService } from '../../../internal/api/grpc/generated/protium/v1/floating_addresses.ts';
import { addDryRunOption } from '../operations/change-object.ts';
import { floatingAddressFields } from '../output/floating-address-text.ts';
import type { RunSession } from '../session.ts';

interface AssociateOptions {
  readonly dryRun?: boolean;
  readonly address: string;
}

export function addAddressAssociateCommand(parent: Command, run: RunSession): void {
  addDryRunOption(parent.command('associate'))
    .description('give an instance a floating address; its port 22 is open')
    .argument('<instance>', 'name or uuid')
    .option('--address <address>', "one that a subscription holds for the instance's owner; else any", '')
    .action((instance: string, { dryRun = false, address }: AssociateOptions, command: Command) =>
      run(command, async ({ daemon, output }) => {
        const method = FloatingAddressesServiceService.associateFloatingAddress;
        const answer = await daemon.call(method, { instance, address, validateOnly: dryRun });
        const { floatingAddress: shown } = answer;
        if (shown === undefined) return;
        output.answer(method, answer, { names: [shown.address], text: () => floatingAddressFields(shown) });
      }),
    );
}
