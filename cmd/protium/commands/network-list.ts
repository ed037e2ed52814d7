import type { Command } from 'commander';
import { NetworksServiceService } from '../../../internal/api/grpc/generated/protium/v1/networks.ts';
import { viewAgeNote } from '../output/domain-text.ts';
import { networkTable } from '../output/network-text.ts';
import type { RunSession } from '../session.ts';

export function addNetworkListCommand(parent: Command, run: RunSession): void {
  parent
    .command('list')
    .description("list libvirt's networks, by name")
    .action((_options: object, command: Command) =>
      run(command, async ({ daemon, output }) => {
        const method = NetworksServiceService.listNetworks;
        const answer = await daemon.call(method, {});
        const note = viewAgeNote(answer.viewAgeMs);
        if (note !== null) output.note(note);
        output.answer(method, answer, {
          names: answer.networks.map(({ name }) => name),
          text: () => networkTable(answer.networks),
        });
      }),
    );
}
