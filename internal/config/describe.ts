import type { Config } from './config.ts';
import { flags } from './flags.ts';
import { ignoredVariables } from './ignored-variables.ts';
import { variables } from './variables.ts';
import type { Variable } from './variables/variable.ts';

/** The pages that tell what can be configured, made from the table of variables. */

const all: readonly Variable[] = Object.values<Variable>(variables);

/** What `--help` prints. */
export function describeVariables(): string {
  const lines = [
    'Protium: a local VM manager. Configured by environment variables:',
    '',
    ...all.flatMap((variable) => [
      `  ${variable.name}`,
      ...wrap(plain(variable.meaning), 100).map((line) => `      ${line}`),
      `      Allowed: ${plain(variable.allowed)}. Default: ${plain(defaultOf(variable))}.`,
      ...(variable.aliases.length === 0 ? [] : [`      Also: ${variable.aliases.join(', ')}`]),
    ]),
    '',
    'A variable that is empty counts as not set. The first name that is set counts: PROTIUM_ before the others.',
    '',
    'Arguments:',
    ...flags.map(({ name, meaning }) => `  ${name.padEnd(16)}${meaning}`),
  ];
  return `${lines.join('\n')}\n`;
}

/** What `--print-config` prints: a file of variables (as systemd's EnvironmentFile= reads it) with their origins. */
export function configText(config: Config): string {
  const lines = config.settings.flatMap(({ name, value, from }) => [
    `# ${from === null ? 'default' : `from ${from}`}`,
    value === null ? `#${name}=` : `${name}=${JSON.stringify(withoutPassword(value))}`,
  ]);
  return `${lines.join('\n')}\n`;
}

/** docs/configuration.md; the test rewrites it with UPDATE_DOCS=1. */
export function configurationPage(): string {
  const lines = [
    '# Configuration',
    '',
    '<!-- Made from internal/config/variables.ts. Rewrite: UPDATE_DOCS=1 npx vitest run --project unit test/unit/config -->',
    '',
    'The daemon is configured by environment variables. It checks all of them before it does anything, and names',
    'every problem at once. `--print-config`, run with the same variables, shows what they amount to.',
    '',
    '- A variable that is empty counts as not set.',
    '- The names that the generations of the Cocos manager used work too. If several are set, the first in this order',
    '  counts: `PROTIUM_…`, then the other names from left to right (`MANAGER_…` before `CC_MANAGER_…`).',
    '- Relative paths start at the working directory.',
    '- The servers listen on loopback. `MANAGER_HTTP_HOST=` and `MANAGER_GRPC_HOST=` (empty) once meant all',
    '  interfaces; here they mean the default. Any other address needs TLS, or `PROTIUM_ALLOW_INSECURE_REMOTE=1`. Who may',
    '  come in: [access.md](access.md).',
    '',
    '| variable | default | allowed | meaning | other names |',
    '|---|---|---|---|---|',
    ...all.map((variable) =>
      [
        '',
        `\`${variable.name}\``,
        variable.fallback === null ? defaultOf(variable) : `\`${variable.fallback}\``,
        variable.allowed,
        variable.meaning,
        variable.aliases.map((alias) => `\`${alias}\``).join(', '),
        '',
      ]
        .join(' | ')
        .trim(),
    ),
    '',
    '## Without effect',
    '',
    '| variable | why |',
    '|---|---|',
    ...ignoredVariables.map(({ shown, meaning }) => `| ${shown} | ${meaning} |`),
    '',
    '## Arguments',
    '',
    '| argument | meaning |',
    '|---|---|',
    ...flags.map(({ name, meaning }) => `| \`${name}\` | ${meaning} |`),
  ];
  return `${lines.join('\n')}\n`;
}

function defaultOf({ fallback, unset }: Variable): string {
  return fallback ?? unset ?? 'none';
}

function plain(text: string): string {
  return text.replaceAll('`', '').replace(/\.$/, '');
}

function withoutPassword(value: string): string {
  return value.replace(/(:\/\/[^/:@\s]*):[^/@\s]*@/, '$1:***@');
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + word.length >= width) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}
