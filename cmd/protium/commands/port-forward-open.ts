import { randomUUID } from 'node:crypto';
import { Option, type Command } from 'commander';
import { PortForwardsServiceService } from '../../../internal/api/grpc/generated/protium/v1/port_forwards.ts';
import { addDryRunOption } from '../operations/change-object.ts';
import { portForwardFields } from '../output/port-forward-text.ts';
import type { RunSession } from '../session.ts';
import { collect } from './collect.ts';
import { parsePort } from './parse-port.ts';

interface PortForwardOpenOptions {
  readonly hostPort: number;
  readonly hostAddress: string;
  readonly protocol: string;
  readonly source: readonly string[];
  readonly network: string;
  readonly dryRun?: boolean;
}

export function addPortForwardOpenCommand(parent: Command, run: RunSession): void {
  addDryRunOption(parent.command('open'))
    .description('make a port of the host lead to a port of an instance, until it is closed')
    .argument('<instance>', 'name or uuid')
    .argument('<port>', 'of the guest', parsePort)
    .addOption(
      new Option('--host-port <port>', 'of the host; none given: a free one')
        .argParser(parsePort)
        .default(0, 'a free one'),
    )
    .option('--host-address <address>', "that is listened on; none given: the daemon's default", '')
    .addOption(new Option('--protocol <protocol>', 'tcp or udp').choices(['tcp', 'udp']).default('tcp'))
    .option('--source <cidr>', 'who may connect; may be repeated', collect, [])
    .option('--network <network>', 'by which the guest is reached; none given: its first', '')
    .action((instance: string, guestPort: number, options: PortForwardOpenOptions, command: Command) =>
      run(command, async ({ daemon, output }) => {
        const { hostPort, hostAddress, protocol, source, network, dryRun = false } = options;
        const method = PortForwardsServiceService.openPortForward;
        const answer = await daemon.call(method, {
          instance,
          guestPort,
          hostPort,
          hostAddress,
          protocol,
          sources: [...source],
          network,
          idempotencyKey: randomUUID(),
          validateOnly: dryRun,
        });
        const { portForward } = answer;
        if (portForward === undefined) return;
        output.answer(method, answer, {
          names: [portForward.id],
          text: () => portForwardFields(portForward),
        });
      }),
    );
}
