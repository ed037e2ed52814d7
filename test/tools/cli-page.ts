import type { Argument, Command, Option } from 'commander';
import { exitCodes } from '../../cmd/protium/exit-codes.ts';

/** docs/cli.md, from the command line's own definitions. */
export function cliPage(program: Command): string {
  const exits = Object.values(exitCodes).map(({ number, meaning }) => `| ${number} | ${meaning} |`);
  return `# The command line

<!-- Made from cmd/protium. Rewrite: UPDATE_DOCS=1 npx vitest run --project unit test/unit/cli -->

\`protium\` speaks gRPC with the daemon. \`npm run build\` makes it: \`npm run --silent protium -- list\`, or once
\`npm install --global .\` in the project's directory, and then \`protium list\` from anywhere.

\`\`\`
protium create -f web.yaml
protium list --state running
protium stop web && protium start web
protium apply -f web.yaml
protium delete web
source <(protium completion bash)
\`\`\`

## Options of every command

${optionTable(program.options)}

## Output

- \`table\`: for people; the same in a pipe, without colour. NO_COLOR is heeded.
- \`json\`, \`yaml\`: the answer of the API as protobuf maps it to JSON, as HTTP gives it ([http.md](http.md)); lists with
  all their pages. With several names, or of a stream, one document each: \`events -o json\` is JSON lines.
  \`apply\` and \`version\` have objects of their own; \`apply\`: \`name\`, \`action\` (\`create\`, \`update\`, \`none\`), \`dryRun\`
  and \`changes\`.
- \`name\`: names only, a line each; of operations their ids.

What goes wrong is said on stderr: a sentence with a code, of [errors.md](errors.md) or \`usage\`, \`config-unreadable\`,
\`unreachable\`, \`needs-new-instance\`, \`interrupted\`; reasons follow as a list. With \`-o json\` it is an object with \`code\`,
\`message\`, \`reasons\`, \`details\` and \`exitCode\`. Progress is shown where stderr is a terminal.

| exit code | meaning |
| --- | --- |
${exits.join('\n')}

## Configs

A config ([config-reference.md](config-reference.md)) is JSON, YAML or TOML, by the ending of the file's name. In YAML the ids
of devices need no quotes: 1002 and 1e82 are not taken for numbers there.

\`apply\` makes an instance once, and compares after that: both sides with their defaults, so that it does not matter
whether a default is written down. Autostart, description and tags are changed where the config says them, and left alone
where it does not. Any other difference needs a new instance: it is shown, nothing is changed, and the exit code is 6.
The guest set-up (\`authentication\`, \`cloudinit\`) is kept nowhere and not compared.

## Commands

${leaves(program).map(commandText).join('\n')}`;
}

function leaves(command: Command): readonly Command[] {
  const shown = command.createHelp().visibleCommands(command);
  return shown
    .filter((each) => each.name() !== 'help')
    .flatMap((each) => (each.commands.length > 0 ? leaves(each) : [each]));
}

function commandText(command: Command): string {
  const { registeredArguments, options } = command;
  const usage = [
    nameOf(command),
    ...registeredArguments.map(argumentText),
    ...(options.length > 0 ? ['[options]'] : []),
  ];
  const rows = [...registeredArguments.map(argumentRow), ...options.map(optionRow)];
  const table = rows.length === 0 ? '' : `\n${tableOf(rows)}\n`;
  return `### ${nameOf(command)}\n\n\`${usage.join(' ')}\`: ${command.description()}.\n${table}`;
}

function nameOf(command: Command): string {
  return command.parent === null ? command.name() : `${nameOf(command.parent)} ${command.name()}`;
}

function argumentText(argument: Argument): string {
  const name = `${argument.name()}${argument.variadic ? '...' : ''}`;
  return argument.required ? `<${name}>` : `[${name}]`;
}

function argumentRow(argument: Argument): string {
  const { description, argChoices } = argument;
  return row(argumentText(argument), `${description}${choicesText(argChoices)}`, undefined);
}

function optionTable(options: readonly Option[]): string {
  return tableOf(options.map(optionRow));
}

function optionRow({ flags, description, argChoices, envVar, defaultValue }: Option): string {
  const environment = envVar === undefined ? '' : `; environment: \`${envVar}\``;
  return row(flags, `${description}${choicesText(argChoices)}${environment}`, defaultValue);
}

function choicesText(choices: readonly string[] | undefined): string {
  return choices === undefined ? '' : `: ${choices.join(', ')}`;
}

function row(what: string, meaning: string, defaultValue: unknown): string {
  const shown = typeof defaultValue === 'boolean' ? (defaultValue ? 'yes' : '') : defaultText(defaultValue);
  return `| \`${what}\` | ${meaning.replaceAll('|', '\\|')} | ${shown} |`;
}

function defaultText(value: unknown): string {
  return (typeof value === 'string' && value !== '') || typeof value === 'number' ? `\`${value}\`` : '';
}

function tableOf(rows: readonly string[]): string {
  return `| argument or option | meaning | default |\n| --- | --- | --- |\n${rows.join('\n')}`;
}
