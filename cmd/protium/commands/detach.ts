import type { Command } from 'commander';
import { AttachmentsServiceService } from '../../../internal/api/grpc/generated/protium/v1/attachments.ts';
import { addChangeOptions, changeOne, type ChangeOneOptions } from '../operations/change-one.ts';
import type { RunSession } from '../session.ts';
import { parseSeconds } from './parse-number.ts';

interface DetachOptions extends ChangeOneOptions {
  readonly timeout?: number;
}

export function addDetachCommands(program: Command, run: RunSession): void {
  const detach = program
    .command('detach')
    .description('take something from an instance; a guest that does not let go keeps it');
  const withOptions = (name: string) =>
    addChangeOptions(detach.command(name))
      .argument('<instance>', 'name or uuid')
      .option('--timeout <seconds>', 'how long the guest may take to let go (30)', parseSeconds(600));
  const requestOf = (instance: string, { timeout = 0, dryRun = false }: DetachOptions) => ({
    instance,
    timeoutSeconds: timeout,
    validateOnly: dryRun,
  });

  withOptions('volume')
    .description('a disk; its volume stays')
    .argument('<target>', 'e.g. vdb: protium attachments')
    .action((instance: string, target: string, options: DetachOptions, command: Command) =>
      run(command, (session) =>
        changeOne(session, options, {
          method: AttachmentsServiceService.detachVolume,
          instance,
          request: { ...requestOf(instance, options), target },
          done: () => `${instance} has ${target} no more`,
        }),
      ),
    );
  withOptions('network')
    .description('a network interface')
    .argument('<mac>', 'its MAC address: protium attachments')
    .action((instance: string, mac: string, options: DetachOptions, command: Command) =>
      run(command, (session) =>
        changeOne(session, options, {
          method: AttachmentsServiceService.detachNetwork,
          instance,
          request: { ...requestOf(instance, options), mac },
          done: () => `${instance} has ${mac} no more`,
        }),
      ),
    );
  withOptions('device')
    .description('a host device, with those that came along with it')
    .argument('<address>', 'as protium attachments tells it')
    .action((instance: string, address: string, options: DetachOptions, command: Command) =>
      run(command, (session) =>
        changeOne(session, options, {
          method: AttachmentsServiceService.detachHostDevice,
          instance,
          request: { ...requestOf(instance, options), address },
          done: () => `${instance} has ${address} no more`,
        }),
      ),
    );
}
