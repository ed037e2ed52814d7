import type { Command } from 'commander';
import { FlavorsServiceService } from '../../../internal/api/grpc/generated/protium/v1/flavors.ts';
import { allPages, pageSize } from '../connection/all-pages.ts';
import { flavorTable } from '../output/flavor-text.ts';
import type { RunSession } from '../session.ts';

interface FlavorListOptions {
  readonly available: boolean;
  readonly devices: boolean;
}

export function addFlavorListCommand(parent: Command, run: RunSession): void {
  parent
    .command('list')
    .description('list the flavors, by name')
    .option('--available', 'only those of which one could be had now', false)
    .option('--devices', 'only those with host devices', false)
    .action(({ available, devices }: FlavorListOptions, command: Command) =>
      run(command, async ({ daemon, output }) => {
        const method = FlavorsServiceService.listFlavors;
        const flavors = await allPages(async (pageToken) => {
          const answer = await daemon.call(method, {
            onlyAvailable: available,
            onlyWithDevices: devices,
            pageSize,
            pageToken,
          });
          return { items: answer.flavors, next: answer.nextPageToken };
        });
        output.answer(
          method,
          { flavors, nextPageToken: '' },
          { names: flavors.map(({ name }) => name), text: () => flavorTable(flavors) },
        );
      }),
    );
}
