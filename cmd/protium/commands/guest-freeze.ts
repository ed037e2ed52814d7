import { Option, type Command } from 'commander';
import { GuestsServiceService } from '../../../internal/api/grpc/generated/protium/v1/guests.ts';
import { formatTime } from '../output/units.ts';
import type { RunSession } from '../session.ts';
import { collect } from './collect.ts';
import { parseSeconds } from './parse-number.ts';

interface FreezeOptions {
  readonly timeout: number;
  readonly mountpoint: readonly string[];
}

export function addGuestFreezeCommand(parent: Command, run: RunSession): void {
  parent
    .command('freeze')
    .description('flush and freeze file systems of an instance, for a copy of its disks')
    .argument('<instance>', 'name or uuid')
    .addOption(
      new Option('--timeout <seconds>', 'when they are thawed at the latest, at most 600')
        .argParser(parseSeconds(600))
        .default(60),
    )
    .addOption(
      new Option('--mountpoint <path>', 'only what is mounted there; may be repeated')
        .argParser(collect)
        .default([]),
    )
    .action((instance: string, { timeout, mountpoint }: FreezeOptions, command: Command) =>
      run(command, async ({ daemon, output }) => {
        const method = GuestsServiceService.freezeGuestFilesystems;
        const answer = await daemon.call(method, {
          instance,
          mountpoints: [...mountpoint],
          timeoutSeconds: timeout,
          validateOnly: false,
        });
        output.answer(method, answer, {
          names: [instance],
          text: () => `frozen: ${answer.filesystems}, until ${formatTime(answer.thawTime)} at the latest\n`,
        });
      }),
    );
}
