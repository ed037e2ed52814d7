import { Help, type Option } from 'commander';

const help = new Help();

/** What is said of an option: its default only where it tells something. */
export function optionDescription(option: Option): string {
  return help.optionDescription(isNothing(option.defaultValue) ? withoutDefault(option) : option);
}

function withoutDefault(option: Option): Option {
  return Object.create(option, { defaultValue: { value: undefined } }) as Option;
}

function isNothing(value: unknown): boolean {
  return value === '' || (Array.isArray(value) && value.length === 0);
}
