import { InvalidArgumentError } from 'commander';

/** For options that may be repeated. */
export function collect(value: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), value];
}

/** The same, for a few allowed values. */
export function collectChoice(choices: readonly string[]) {
  return (value: string, before: readonly string[] | undefined): readonly string[] => {
    if (!choices.includes(value)) throw new InvalidArgumentError(`It is one of ${choices.join(', ')}.`);
    return collect(value, before);
  };
}
