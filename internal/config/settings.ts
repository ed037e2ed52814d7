import type { z } from 'zod';
import { ignoredVariables } from './ignored-variables.ts';
import { variables, type VariableKey } from './variables.ts';
import type { Variable } from './variables/variable.ts';

/** The value of each variable; null where none is set and there is no fallback. */
export type Values = {
  readonly [K in VariableKey]: (typeof variables)[K]['fallback'] extends null
    ? z.output<(typeof variables)[K]['schema']> | null
    : z.output<(typeof variables)[K]['schema']>;
};

/** A setting as it is in force: the text of the value and the variable that gave it. */
export interface Setting {
  readonly name: string;
  /** null: none is set, and there is no fallback. */
  readonly value: string | null;
  /** The variable that was set; null: the fallback. */
  readonly from: string | null;
}

/** One thing that is wrong, as a sentence. */
export type Problem = string;

const longestShown = 100;

/**
 * Reads every variable of the table: the first name that is set and not empty counts, Protium's own before the
 * aliases. What is not allowed becomes a problem and takes the fallback.
 */
export function readVariables(env: NodeJS.ProcessEnv): {
  values: Values;
  settings: readonly Setting[];
  problems: readonly Problem[];
} {
  const problems: Problem[] = [];
  const settings: Setting[] = [];
  const values: Record<string, unknown> = {};
  for (const [key, variable] of Object.entries<Variable>(variables)) {
    const from = [variable.name, ...variable.aliases].find((name) => (env[name] ?? '') !== '');
    const text = from === undefined ? variable.fallback : (env[from] ?? variable.fallback);
    settings.push({ name: variable.name, value: text, from: from ?? null });
    if (text === null) {
      values[key] = null;
      continue;
    }
    const parsed = variable.schema.safeParse(text);
    if (parsed.success) {
      values[key] = parsed.data;
    } else {
      problems.push(`${from ?? variable.name} is ${quote(text)}; allowed: ${variable.allowed}`);
      values[key] = variable.fallback === null ? null : variable.schema.parse(variable.fallback);
    }
  }
  return { values: values as Values, settings, problems };
}

/** Of cmd/protium: whoever uses it may well have them set where the daemon is started. */
const clientVariables = [
  'PROTIUM_ADDRESS',
  'PROTIUM_CA_CERTS',
  'PROTIUM_TOKEN',
  'PROTIUM_CLIENT_CERT',
  'PROTIUM_CLIENT_KEY',
];

/** What the operator should hear about variables that are set but do nothing, or not what they did. */
export function variableWarnings(env: NodeJS.ProcessEnv): readonly string[] {
  const set = Object.keys(env)
    .filter((name) => (env[name] ?? '') !== '')
    .sort();
  const warnings = ignoredVariables.flatMap(({ pattern, warn }) => {
    const names = set.filter((name) => pattern.test(name));
    return names.length === 0 || warn === null ? [] : [`${names.join(', ')}: ${warn}`];
  });
  for (const { name, aliases } of [variables.httpHosts, variables.grpcHosts]) {
    const empty = aliases.find((alias) => env[alias] === '');
    if (empty !== undefined && (env[name] ?? '') === '') {
      warnings.push(
        `${empty} is empty: that meant all interfaces once and means loopback now; name an address`,
      );
    }
  }
  const known = new Set<string>([
    ...Object.values<Variable>(variables).map(({ name }) => name),
    ...clientVariables,
  ]);
  for (const name of set) {
    if (name.startsWith('PROTIUM_') && !known.has(name)) {
      warnings.push(`${name} is not a variable of Protium (--help lists them)`);
    }
  }
  return warnings;
}

export function quote(text: string): string {
  const shown = text.length > longestShown ? `${text.slice(0, longestShown)}…` : text;
  return JSON.stringify(shown);
}
