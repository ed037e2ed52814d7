import type { Command } from 'commander';
import { PortForwardsServiceService } from '../../../internal/api/grpc/generated/protium/v1/port_forwards.ts';
import { portForwardFields } from '../output/port-forward-text.ts';
import type { RunSession } from '../session.ts';

export function addPortForwardGetCommand(parent: Command, run: RunSession): void {
  parent
    .command('get')
    .description('show one port forward')
    .argument('<port-forward>', 'its id')
    .action((id: string, _options: object, command: Command) =>
      run(command, async ({ daemon, output }) => {
        const method = PortForwardsServiceService.getPortForward;
        const answer = await daemon.call(method, { id });
        const { portForward } = answer;
        if (portForward === undefined) return;
        output.answer(method, answer, { names: [id], text: () => portForwardFields(portForward) });
      }),
    );
}
