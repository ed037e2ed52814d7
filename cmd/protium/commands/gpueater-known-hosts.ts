import type { Command } from 'commander';
import { FloatingAddressesServiceService } from '../../../internal/api/grpc/generated/protium/v1/floating_addresses.ts';
import { InstancesServiceService } from '../../../internal/api/grpc/generated/protium/v1/instances.ts';
import { allPages, pageSize } from '../connection/all-pages.ts';
import type { RunSession } from '../session.ts';

export function addGpueaterKnownHostsCommand(parent: Command, run: RunSession): void {
  parent
    .command('known-hosts')
    .description('the host keys of all instances that have a floating address, as ssh reads them')
    .option('--owner <owner>', "only of this owner's instances: 32 hexadecimal digits", '')
    .action(({ owner }: { readonly owner: string }, command: Command) =>
      run(command, async ({ daemon, output }) => {
        const method = FloatingAddressesServiceService.listFloatingAddresses;
        const addresses = await allPages(async (pageToken) => {
          const answer = await daemon.call(method, { owner, pageSize, pageToken });
          return { items: answer.floatingAddresses, next: answer.nextPageToken };
        });
        const hosts: { address: string; sshHostKeys: readonly string[] }[] = [];
        for (const { address, instance } of addresses) {
          const answer = await daemon.call(InstancesServiceService.getInstance, { instance });
          hosts.push({ address, sshHostKeys: answer.instance?.sshHostKeys ?? [] });
        }
        const lines = hosts.flatMap(({ address, sshHostKeys }) =>
          sshHostKeys.map((key) => `${address} ${key}\n`),
        );
        output.object(hosts, { names: hosts.map(({ address }) => address), text: () => lines.join('') });
      }),
    );
}
