import type { Command, Option } from 'commander';

/** What may stand where the cursor is. */
export type Candidates =
  | { readonly kind: 'words'; readonly words: readonly Candidate[] }
  | { readonly kind: 'file' }
  | { readonly kind: CompletedKind }
  /** What the instance has that is named before it. */
  | { readonly kind: OwnedKind; readonly instance: string };

/** What there is of a kind is asked of the daemon. */
export type Asked = Exclude<Candidates, { readonly kind: 'words' } | { readonly kind: 'file' }>;

/** Arguments of this name are completed by asking the daemon what there is. */
type CompletedKind = (typeof completedKinds)[number];
type OwnedKind = (typeof ownedKinds)[number];

const completedKinds = [
  'instance',
  'operation',
  'domain',
  'image',
  'key',
  'access-key',
  'pool',
  'volume',
  'network',
  'port-forward',
  'flavor',
  'invoice',
  'plan',
  'subscription',
  'lease',
  'provision',
  'function',
  'floating-address',
  'host',
  'migration',
  'api-token',
  'certificate',
  'user',
] as const;
const ownedKinds = ['snapshot', 'target', 'mac', 'address'] as const;

export interface Candidate {
  readonly word: string;
  readonly help: string;
}

const fileOptions: readonly string[] = [
  'file',
  'ca',
  'cert',
  'certKey',
  'iso',
  'key',
  'userData',
  'identity',
  'save',
  'eater',
  'text',
  'analysis',
  'envFile',
  'keyPath',
  'result',
];

const none: Candidates = { kind: 'words', words: [] };

/**
 * What may stand in place of the last word.
 *
 * @param words those after the program's name up to the cursor; the last may be empty
 */
export function candidatesFor(program: Command, words: readonly string[]): Candidates {
  const current = words.at(-1) ?? '';
  let command = program;
  let operands = 0;
  let firstOperand = '';
  let valueOf: Option | undefined;
  let optionsEnded = false;
  for (const word of words.slice(0, -1)) {
    if (valueOf !== undefined) valueOf = undefined;
    else if (word === '--') optionsEnded = true;
    else if (word.startsWith('-') && !optionsEnded) valueOf = awaitsValue(optionsOf(command), word);
    else {
      const next = operands === 0 ? command.commands.find((each) => each.name() === word) : undefined;
      if (next === undefined) {
        if (operands === 0) firstOperand = word;
        operands += 1;
      } else command = next;
    }
  }
  if (valueOf !== undefined) return valuesOf(valueOf);
  if (current.startsWith('-') && !optionsEnded) return flagsOf(command);
  if (command.commands.length > 0) return operands === 0 ? subcommandsOf(command) : none;
  return operandsOf(command, operands, firstOperand);
}

function optionsOf(command: Command): readonly Option[] {
  const own = command.options;
  return command.parent === null ? own : [...own, ...optionsOf(command.parent)];
}

function awaitsValue(options: readonly Option[], word: string): Option | undefined {
  const option = options.find(({ long, short }) => word === long || word === short);
  return option?.required === true ? option : undefined;
}

function valuesOf(option: Option): Candidates {
  if (option.argChoices !== undefined) return plainWords(option.argChoices);
  const name = option.attributeName();
  if (fileOptions.includes(name)) return { kind: 'file' };
  if (name === 'object') return { kind: 'instance' };
  const kind = completedKinds.find((each) => each === name);
  return kind === undefined ? none : { kind };
}

function flagsOf(command: Command): Candidates {
  const options = optionsOf(command).filter(({ hidden }) => !hidden);
  const words = options.flatMap(({ long, description }) =>
    typeof long !== 'string' ? [] : [{ word: long, help: description }],
  );
  return { kind: 'words', words: [...words, { word: '--help', help: 'display help for command' }] };
}

function subcommandsOf(command: Command): Candidates {
  const shown = command.createHelp().visibleCommands(command);
  return { kind: 'words', words: shown.map((each) => ({ word: each.name(), help: each.description() })) };
}

function operandsOf({ registeredArguments }: Command, operands: number, instance: string): Candidates {
  const last = registeredArguments.at(-1);
  const argument = registeredArguments[operands] ?? (last?.variadic === true ? last : undefined);
  if (argument?.argChoices !== undefined) return plainWords(argument.argChoices);
  if (argument?.name() === 'file') return { kind: 'file' };
  const owned = ownedKinds.find((each) => each === argument?.name());
  if (owned !== undefined) return { kind: owned, instance };
  const kind = completedKinds.find((each) => each === argument?.name());
  return kind === undefined ? none : { kind };
}

function plainWords(words: readonly string[]): Candidates {
  return { kind: 'words', words: words.map((word) => ({ word, help: '' })) };
}
