import type { Command } from 'commander';
import { extensions } from '../gpueater/extensions/all.ts';
import { readFields } from '../gpueater/fields.ts';
import { runExtension } from '../gpueater/run-extension.ts';
import type { RunSession } from '../session.ts';

/** GPUEater's functions over SSH, one command each: they differ by their fields only. */
export function addGpueaterExtensionCommands(parent: Command, run: RunSession): void {
  for (const extension of extensions) {
    parent
      .command(extension.command)
      .description(`${extension.description} (${extension.name})`)
      .argument('[instance]', 'name or uuid; or only fields, which say where')
      .argument('[field...]', 'KEY=VALUE, as in the forms of GPUEater')
      .addHelpText('after', fieldsHelp(extension.fields))
      .action((first: string | undefined, words: readonly string[], _options: object, command: Command) =>
        run(command, async (session) => {
          const isField = first?.includes('=') === true;
          const fields = readFields(first !== undefined && isField ? [first, ...words] : words);
          await runExtension(session, extension, isField ? null : (first ?? null), fields);
        }),
      );
  }
}

function fieldsHelp(own: (typeof extensions)[number]['fields']): string {
  const where = [
    { name: 'host, ipv4, ipv6', description: 'where it is reached, in place of an address of the instance' },
    { name: 'user, sshd_user', description: "who logs in; else the instance's, else root" },
    { name: 'sshd_port', description: 'where its sshd listens; else 22' },
    { name: 'private_key_file', description: 'a private key to log in with' },
    { name: 'ssh_key_file_name', description: 'the same by name: ~/.ssh/NAME.pem' },
    { name: 'known_hosts', description: 'host keys of an address of no instance; else those ssh knows' },
  ];
  const lines = [...own, ...where].map(({ name, description }) => `  ${name.padEnd(18)} ${description}`);
  return `\nFields:\n${lines.join('\n')}\n`;
}
