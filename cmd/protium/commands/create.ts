import type { Command } from 'commander';
import { InstancesServiceService } from '../../../internal/api/grpc/generated/protium/v1/instances.ts';
import { instanceName } from '../config-file/config-name.ts';
import { fileOption, formatOption, type FileOptions } from '../config-file/config-options.ts';
import { addConfigFlags, configOfFlags, type ConfigFlags } from '../config-file/flags.ts';
import { readConfig } from '../config-file/read-config.ts';
import { Failure } from '../failure.ts';
import { addWaitOption } from '../operations/change-instances.ts';
import { createInstance } from '../operations/create-instance.ts';
import type { RunSession } from '../session.ts';
import { showPlan } from './show-plan.ts';

interface CreateOptions extends ConfigFlags, Partial<FileOptions> {
  readonly wait: boolean;
  readonly idempotencyKey: string;
  readonly owner: string;
  readonly dryRun?: boolean;
}

export function addCreateCommand(program: Command, run: RunSession): void {
  const command = program
    .command('create')
    .description('make an instance from a config, and start it')
    .argument('[name]', "what it is to be called; else the config's info.vm_name or vm_name")
    .addOption(fileOption())
    .addOption(formatOption());
  addWaitOption(addConfigFlags(command))
    .option('--owner <id>', 'the client that it belongs to (32 hexadecimal digits)', '')
    .option('--idempotency-key <key>', 'the same key again means the same creation', '')
    .option('--dry-run', 'only show the plan')
    .action((given: string | undefined, options: CreateOptions, self: Command) =>
      run(self, async (session) => {
        const { file, format, wait, dryRun = false, owner, idempotencyKey } = options;
        const config = file === undefined ? configOfFlags(options) : await readConfig(file, format, session);
        if (config === null) {
          throw new Failure('usage', 'Say what it is to have: -f FILE, or --slots and --memory.', {
            exit: 'usage',
          });
        }
        if (dryRun) {
          await showPlan(session, config);
          return;
        }
        const name = instanceName(given, config);
        const answer = await createInstance(session, { name, config, owner, idempotencyKey }, wait);
        const id = answer.operation?.id ?? '';
        session.output.answer(InstancesServiceService.createInstance, answer, {
          names: [name],
          text: () =>
            wait
              ? `${name} is made and started: ${answer.uuid}\n`
              : `${name} operation ${id}: protium operation watch ${id}\n`,
        });
      }),
    );
}
