import type { Command } from 'commander';
import { FloatingAddressesServiceService } from '../../../internal/api/grpc/generated/protium/v1/floating_addresses.ts';
import { addDryRunOption, changeObject } from '../operations/change-object.ts';
import type { RunSession } from '../session.ts';

export function addAddressReleaseCommand(parent: Command, run: RunSession): void {
  addDryRunOption(parent.command('release'))
    .description('give a floating address back')
    .argument('<floating-address>', 'or the instance that it leads to')
    .action((floatingAddress: string, { dryRun = false }: { readonly dryRun?: boolean }, command: Command) =>
      run(command, (session) =>
        changeObject(session, floatingAddress, {
          method: FloatingAddressesServiceService.releaseFloatingAddress,
          request: { floatingAddress, validateOnly: dryRun },
          done: 'is released',
          wait: true,
          dryRun,
        }),
      ),
    );
}
