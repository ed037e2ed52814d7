import { Failure } from '../failure.ts';
import { jsonProblem, parseJson } from './json.ts';
import { TextProblem } from './text-problem.ts';
import { parseToml } from './toml.ts';
import { parseYaml } from './yaml.ts';

export const configFormats = ['json', 'yaml', 'toml'] as const;
export type ConfigFormat = (typeof configFormats)[number];

/** A config as it was written; the daemon says what is wrong with its fields. */
export type Config = Readonly<Record<string, unknown>>;

const parsers: Readonly<Record<ConfigFormat, (text: string) => unknown>> = {
  json: parseJson,
  yaml: parseYaml,
  toml: parseToml,
};

/**
 * The config in a text.
 *
 * @param name where the text comes from, for the message
 * @throws Failure `config-unreadable`, with the line and column of what cannot be read
 */
export function parseConfig(text: string, format: ConfigFormat, name: string): Config {
  const value = parsed(text, format, name);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw unreadable(`${name} holds no config: it must be an object with fields.`);
  }
  return value as Config;
}

function parsed(text: string, format: ConfigFormat, name: string): unknown {
  try {
    // What the formats have beyond JSON (dates, infinity) becomes what JSON has.
    return JSON.parse(JSON.stringify(parsers[format](text) ?? null)) as unknown;
  } catch (error) {
    const problem = format === 'json' ? jsonProblem(text) : error;
    if (!(problem instanceof TextProblem)) {
      // Aliases that lead nowhere or in a circle, nesting without end.
      const why = error instanceof Error ? error.message : String(error);
      throw unreadable(`${name}: this is no ${format.toUpperCase()} that can be read: ${why}`);
    }
    const { line, column, message } = problem;
    throw unreadable(`${name}:${line}:${column}: this is no ${format.toUpperCase()}: ${message}`);
  }
}

/** By the ending of the file's name, else by its first character: YAML reads much of the rest. */
export function formatOfConfig(name: string, text: string): ConfigFormat {
  const [, ending = ''] = /\.([a-z]+)$/i.exec(name) ?? [];
  const known =
    ending.toLowerCase() === 'yml' ? 'yaml' : configFormats.find((each) => each === ending.toLowerCase());
  return known ?? (text.trimStart().startsWith('{') ? 'json' : 'yaml');
}

function unreadable(message: string): Failure {
  return new Failure('config-unreadable', message, { exit: 'usage' });
}
