import type { Command } from 'commander';
import { compareWithInstance, requireChangeable, updateInstance } from '../apply/apply.ts';
import { diffText } from '../apply/diff-text.ts';
import { instanceName } from '../config-file/config-name.ts';
import { addFileOptions, type FileOptions } from '../config-file/config-options.ts';
import { readConfig } from '../config-file/read-config.ts';
import { addWaitOption } from '../operations/change-instances.ts';
import { createInstance } from '../operations/create-instance.ts';
import type { RunSession } from '../session.ts';

interface ApplyOptions extends FileOptions {
  readonly wait: boolean;
  readonly owner: string;
  readonly dryRun?: boolean;
}

export function addApplyCommand(program: Command, run: RunSession): void {
  addWaitOption(addFileOptions(program.command('apply')))
    .description(
      'make the instance of a config if there is none; else show the difference, and change what can be',
    )
    .argument('[name]', "what it is called; else the config's info.vm_name or vm_name")
    .option('--owner <id>', 'the client that a new one belongs to (32 hexadecimal digits)', '')
    .option('--dry-run', 'only show what would be done')
    .action((given: string | undefined, options: ApplyOptions, command: Command) =>
      run(command, async (session) => {
        const { daemon, output } = session;
        const { file, format, wait, owner, dryRun = false } = options;
        const config = await readConfig(file, format, session);
        const name = instanceName(given, config);
        const { instance, changes, hasSecrets } = await compareWithInstance(daemon, name, config);
        const tell = (action: string, text: string): void =>
          output.object({ name, action, dryRun, changes }, { names: [name], text: () => text });

        if (instance === null) {
          if (!dryRun) {
            const request = {
              name,
              config,
              owner,
              idempotencyKey: '',
              keyPairs: [],
              subscription: '',
              lease: '',
              validateOnly: false,
            };
            await createInstance(session, request, wait);
          }
          tell(
            'create',
            `${name} ${dryRun ? 'would be made' : wait ? 'is made and started' : 'is being made'}\n`,
          );
          return;
        }
        if (output.format === 'table') output.write(diffText(changes, output));
        if (hasSecrets) output.note('note: the guest set-up of the config is kept nowhere, and not compared');
        requireChangeable(name, changes);
        if (changes.length === 0) {
          tell('none', `${name} is as the config says\n`);
          return;
        }
        if (!dryRun) await updateInstance(daemon, instance, config, changes);
        tell('update', `${name} ${dryRun ? 'would be' : 'is'} changed\n`);
      }),
    );
}
