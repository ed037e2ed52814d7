import { Option } from 'commander';
import type { EnumNames } from '../output/enum-names.ts';
import { collectChoice } from './collect.ts';

/** `--state`, which may be given more than once. */
export function statesOption<Value extends number>(names: EnumNames<Value>, help: string): Option {
  // choices() sets a parser of its own: it is replaced by one that collects.
  return new Option('--state <state>', `${help}; may be repeated`)
    .choices(names.names)
    .argParser(collectChoice(names.names))
    .default([]);
}

/** The values of what `--state` collected. */
export function statesOf<Value extends number>(names: EnumNames<Value>, states: readonly string[]): Value[] {
  return states.flatMap((state) => names.value(state) ?? []);
}
