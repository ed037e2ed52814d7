import { Option, type Command } from 'commander';
import { InstancesServiceService } from '../../../internal/api/grpc/generated/protium/v1/instances.ts';
import { addWaitOption, changeInstances } from '../operations/change-instances.ts';
import { addDryRunOption, type DryRunOptions } from '../operations/change-object.ts';
import type { RunSession } from '../session.ts';
import { parseSeconds } from './parse-number.ts';

interface StopOptions extends DryRunOptions {
  readonly timeout: number;
  readonly force?: boolean;
  readonly onlyAsk?: boolean;
}

export function addStopCommand(program: Command, run: RunSession): void {
  addDryRunOption(addWaitOption(program.command('stop')))
    .description('press the power button and, when the guest does not end in time, pull the plug')
    .argument('<instance...>', 'names or uuids')
    .addOption(
      new Option('--timeout <seconds>', 'how long the guest may take to end, at most 3600')
        .argParser(parseSeconds(3600))
        .default(60),
    )
    .option('--force', 'pull the plug at once: the guest is not asked')
    .addOption(
      new Option('--only-ask', 'leave it running when the guest does not end in time').conflicts('force'),
    )
    .action((names: readonly string[], options: StopOptions, command: Command) =>
      run(command, (session) => {
        const { wait, dryRun = false, timeout: timeoutSeconds, force = false, onlyAsk = false } = options;
        return changeInstances(session, names, wait || dryRun, {
          method: InstancesServiceService.stopInstance,
          request: (instance) => ({ instance, timeoutSeconds, force, onlyAsk, validateOnly: dryRun }),
          done: dryRun ? 'could be stopped' : 'is stopped',
        });
      }),
    );
}
