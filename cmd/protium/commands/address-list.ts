import type { Command } from 'commander';
import { FloatingAddressesServiceService } from '../../../internal/api/grpc/generated/protium/v1/floating_addresses.ts';
import { allPages, pageSize } from '../connection/all-pages.ts';
import { floatingAddressTable } from '../output/floating-address-text.ts';
import type { RunSession } from '../session.ts';

export function addAddressListCommand(parent: Command, run: RunSession): void {
  parent
    .command('list')
    .description('list floating addresses that lead to instances')
    .option('--owner <owner>', "only of this owner's instances (32 hex digits)", '')
    .action(({ owner }: { readonly owner: string }, command: Command) =>
      run(command, async ({ daemon, output }) => {
        const method = FloatingAddressesServiceService.listFloatingAddresses;
        const floatingAddresses = await allPages(async (pageToken) => {
          const answer = await daemon.call(method, { owner, pageSize, pageToken });
          return { items: answer.floatingAddresses, next: answer.nextPageToken };
        });
        output.answer(
          method,
          { floatingAddresses, nextPageToken: '' },
          {
            names: floatingAddresses.map(({ address }) => address),
            text: () => floatingAddressTable(floatingAddresses),
          },
        );
      }),
    );
}
