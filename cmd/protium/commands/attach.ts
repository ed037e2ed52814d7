import { Option, type Command } from 'commander';
import { AttachmentsServiceService } from '../../../internal/api/grpc/generated/protium/v1/attachments.ts';
import { addChangeOptions, changeOne, type ChangeOneOptions } from '../operations/change-one.ts';
import type { RunSession } from '../session.ts';

interface AttachOptions extends ChangeOneOptions {
  readonly pool?: string;
  readonly bus?: string;
  readonly readonly?: boolean;
  readonly mac?: string;
  readonly model?: string;
  readonly key: string;
}

export function addAttachCommands(program: Command, run: RunSession): void {
  const attach = program
    .command('attach')
    .description('plug something into an instance, at once if it runs and for good');
  const dryRunOf = ({ dryRun = false }: AttachOptions): boolean => dryRun;
  const hasNow = (instance: string) => (result: Readonly<Record<string, unknown>>) =>
    `${instance} has ${Array.isArray(result['attached']) ? result['attached'].join(', ') : 'it'}`;
  const keyOption = ['--key <key>', 'the same key again means the same operation', ''] as const;

  addChangeOptions(attach.command('volume'))
    .description('a volume that exists, as a disk')
    .argument('<instance>', 'name or uuid')
    .argument('<volume>', 'its name or id in its pool')
    .option('--pool <pool>', 'of the volume; left out: the pool of new volumes')
    .addOption(
      new Option('--bus <bus>', "left out: what suits the guest's system").choices([
        'virtio',
        'sata',
        'scsi',
      ]),
    )
    .option('--readonly', 'the guest cannot write on it')
    .option(...keyOption)
    .action((instance: string, volume: string, options: AttachOptions, command: Command) =>
      run(command, (session) =>
        changeOne(session, options, {
          method: AttachmentsServiceService.attachVolume,
          instance,
          request: {
            instance,
            volume,
            pool: options.pool ?? '',
            bus: options.bus ?? '',
            readonly: options.readonly ?? false,
            validateOnly: dryRunOf(options),
            idempotencyKey: options.key,
          },
          done: hasNow(instance),
        }),
      ),
    );
  addChangeOptions(attach.command('network'))
    .description('a network interface')
    .argument('<instance>', 'name or uuid')
    .argument('<network>', 'its name or uuid, or the name of its bridge')
    .option('--mac <address>', 'left out: one is made up')
    .option('--model <model>', "left out: what suits the guest's system")
    .option(...keyOption)
    .action((instance: string, network: string, options: AttachOptions, command: Command) =>
      run(command, (session) =>
        changeOne(session, options, {
          method: AttachmentsServiceService.attachNetwork,
          instance,
          request: {
            instance,
            network,
            mac: options.mac ?? '',
            model: options.model ?? '',
            validateOnly: dryRunOf(options),
            idempotencyKey: options.key,
          },
          done: hasNow(instance),
        }),
      ),
    );
  addChangeOptions(attach.command('device'))
    .description('a PCI or USB device of the host')
    .argument('<instance>', 'name or uuid')
    .argument('<device>', 'PCI: 0000:01:00.0 or vendor:model; USB: bus.device or usb:vendor:product')
    .option(...keyOption)
    .action((instance: string, device: string, options: AttachOptions, command: Command) =>
      run(command, (session) =>
        changeOne(session, options, {
          method: AttachmentsServiceService.attachHostDevice,
          instance,
          request: { instance, device, validateOnly: dryRunOf(options), idempotencyKey: options.key },
          done: hasNow(instance),
        }),
      ),
    );
}
