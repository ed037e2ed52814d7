import { Option, type Command } from 'commander';
import { InstancesServiceService } from '../../../internal/api/grpc/generated/protium/v1/instances.ts';
import { instanceName } from '../config-file/config-name.ts';
import { fileOption, formatOption } from '../config-file/config-options.ts';
import { createdConfig, isConfigFile, type SourceOptions } from '../config-file/created-config.ts';
import { addConfigFlags } from '../config-file/flags.ts';
import { awaitGuest, guestMilestones, type GuestMilestone } from '../guest/await-guest.ts';
import { Failure } from '../failure.ts';
import { addWaitOption } from '../operations/change-instances.ts';
import { createInstance } from '../operations/create-instance.ts';
import type { RunSession } from '../session.ts';
import { collect } from './collect.ts';
import { parseSeconds } from './parse-number.ts';
import { showPlan } from './show-plan.ts';

interface CreateOptions extends SourceOptions {
  readonly wait: boolean;
  readonly waitFor?: GuestMilestone;
  readonly timeout: number;
  readonly idempotencyKey: string;
  readonly subscription: string;
  readonly lease: string;
  readonly dryRun?: boolean;
}

export function addCreateCommand(program: Command, run: RunSession): void {
  const command = program
    .command('create')
    .description('make an instance from a config, an image, a medium or a volume, and start it')
    .argument(
      '[name]',
      "what it is to be called; else the config's info.vm_name or vm_name; or the config's file (.json, .yaml, .yml, .toml), which then gives the name if need be",
    )
    .addOption(fileOption())
    .addOption(formatOption());
  addWaitOption(addConfigFlags(command))
    .option(
      '--key <file|name>',
      'a file with a public key, or the name of a key pair; may be repeated',
      collect,
      [],
    )
    .option('--user-data <file>', "cloud-init's user-data; counts instead of that of a config")
    .addOption(
      new Option('--wait-for <milestone>', 'wait until its guest has come so far').choices(guestMilestones),
    )
    .option('--timeout <seconds>', 'how long --wait-for waits', parseSeconds(3600), 300)
    .option('--owner <id>', 'the client that it belongs to (32 hexadecimal digits)', '')
    .option('--idempotency-key <key>', 'the same key again means the same creation', '')
    .option('--subscription <id>', 'the subscription on whose part of the host it is to live', '')
    .option(
      '--lease <lease>',
      'the lease (its name or id) on whose part of the host it is to live, and with which it ends',
      '',
    )
    .option('--dry-run', 'only show the plan')
    .action((given: string | undefined, options: CreateOptions, self: Command) =>
      run(self, async (session) => {
        const {
          wait,
          waitFor,
          timeout,
          dryRun = false,
          owner,
          idempotencyKey,
          subscription,
          lease,
        } = options;
        if (!wait && waitFor !== undefined) {
          throw new Failure('usage', '--wait-for waits: leave out --no-wait.', { exit: 'usage' });
        }
        const file = options.file ?? (given !== undefined && isConfigFile(given) ? given : undefined);
        const { config, keyPairs } = await createdConfig(session, file, options);
        if (dryRun) {
          await showPlan(session, config, owner);
          return;
        }
        const name = instanceName(given === file ? undefined : given, config, file);
        const request = {
          name,
          config,
          owner,
          idempotencyKey,
          keyPairs: [...keyPairs],
          validateOnly: false,
          subscription,
          lease,
        };
        const answer = await createInstance(session, request, wait);
        const guest =
          waitFor === undefined
            ? ''
            : await awaitGuest(session, name, waitFor, { timeoutMs: timeout * 1000 });
        const id = answer.operation?.id ?? '';
        session.output.answer(InstancesServiceService.createInstance, answer, {
          names: [name],
          text: () =>
            wait
              ? `${name} is made and started: ${answer.uuid}\n${guest}`
              : `${name} operation ${id}: protium operation watch ${id}\n`,
        });
      }),
    );
}
