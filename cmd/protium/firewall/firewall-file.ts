import { InvalidArgumentError } from 'commander';
import type { FirewallRule } from '../../../internal/api/grpc/generated/protium/v1/firewall.ts';
import type { Config } from '../config-file/parse-config.ts';
import { Failure } from '../failure.ts';
import { parsePorts, parseRule } from './rule-text.ts';

export interface FirewallFile {
  readonly defaultIn: string;
  readonly defaultOut: string;
  readonly rules: FirewallRule[];
}

/** What `firewall get` tells beside, and nobody sets. */
const told = ['instance', 'enabled', 'includedFilter', 'changedByOthers', 'unfilteredMacs', 'etag'];
const known = ['defaultIn', 'defaultOut', 'rules', ...told];
const ofRule = ['direction', 'action', 'protocol', 'ports', 'portFirst', 'portLast', 'remote'];

/**
 * A firewall from a file: what `protium firewall get -o yaml` writes, or its fields alone. A rule is an object, or text as for
 * `--allow`.
 *
 * @throws Failure `config-unreadable`, naming the field
 */
export function readFirewallFile(file: Config): FirewallFile {
  const { firewall: within } = file;
  const fields = withKnownFields(isObject(within) ? within : file, known, 'the firewall');
  const { rules = [] } = fields;
  if (!Array.isArray(rules)) throw unreadable('rules: a list of rules is wanted.');
  return {
    defaultIn: text(fields, 'defaultIn', ''),
    defaultOut: text(fields, 'defaultOut', ''),
    rules: rules.map((rule: unknown, index) => readRule(rule, `rules[${index}]`)),
  };
}

function readRule(rule: unknown, place: string): FirewallRule {
  try {
    if (typeof rule === 'string') return parseRule(rule, 'accept');
    if (!isObject(rule)) throw unreadable(`${place}: a rule is text or an object.`);
    const fields = withKnownFields(rule, ofRule, place);
    const { ports, portFirst = 0, portLast = 0 } = fields;
    const of = ports === undefined ? `${number(portFirst, place)}-${number(portLast, place)}` : null;
    return {
      direction: text(fields, 'direction', place),
      action: text(fields, 'action', place),
      protocol: text(fields, 'protocol', place),
      ...(of === null
        ? parsePorts(typeof ports === 'number' ? `${ports}` : text(fields, 'ports', place))
        : parsePorts(of === '0-0' ? '' : of.replace(/-0$/, ''))),
      remote: text(fields, 'remote', place),
    };
  } catch (error) {
    if (error instanceof InvalidArgumentError) throw unreadable(`${place}: ${error.message}`);
    throw error;
  }
}

/** With names in camel case, as they are written by us; those with underscores are taken too. */
function withKnownFields(object: Config, names: readonly string[], place: string): Config {
  const entries = Object.entries(object).map(
    ([name, value]) =>
      [name.replaceAll(/_([a-z])/g, (_all, letter: string) => letter.toUpperCase()), value] as const,
  );
  const unknown = entries.find(([name]) => !names.includes(name));
  if (unknown !== undefined) {
    throw unreadable(`${place}: there is no field "${unknown[0]}"; there are ${names.join(', ')}.`);
  }
  return Object.fromEntries(entries);
}

function text(fields: Config, name: string, place: string): string {
  const { [name]: value = '' } = fields;
  if (typeof value === 'string') return value;
  throw unreadable(`${place === '' ? '' : `${place}.`}${name}: text is wanted.`);
}

function number(value: unknown, place: string): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0) return value;
  throw unreadable(`${place}: a port is a whole number.`);
}

function isObject(value: unknown): value is Config {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function unreadable(message: string): Failure {
  return new Failure('config-unreadable', message, { exit: 'usage' });
}
