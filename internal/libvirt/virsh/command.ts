import type { ConfigScope } from '../client.ts';

/** Text or bytes that virsh reads from a file: a libvirt document, a secret's value. */
export interface VirshDocument {
  /** A file name for people, e.g. `domain.xml`. */
  readonly name: string;
  readonly content: string;
  /** The content must not be shown. */
  readonly confidential: boolean;
}

/** `--file=<path of the document>`. */
interface DocumentOption {
  readonly option: string;
  readonly document: VirshDocument;
}

/** A file that virsh writes or reads while it runs: a volume's bytes, a picture. `--file=<path>`. */
interface FileOption {
  readonly option: string;
  /** A file name for people, e.g. `screenshot`. */
  readonly file: string;
}

/** A word that must not be seen by other users of this machine in the list of processes. */
interface ConfidentialOption {
  readonly option: string;
  readonly confidential: string;
}

export type Word = string | DocumentOption | FileOption | ConfidentialOption;

/** One virsh command without the connection. */
export interface VirshCommand {
  readonly words: readonly Word[];
  /** Runs without `-q`: what is wanted stands in what virsh says to people. */
  readonly verbose: boolean;
}

type Words = Word | readonly Word[];

/** A command; options that are not wanted are empty lists. */
export function virsh(name: string, ...words: readonly Words[]): VirshCommand {
  return { words: [name, ...words.flat()], verbose: false };
}

/** The same command, with virsh's words to people. */
export function verbose(command: VirshCommand): VirshCommand {
  return { ...command, verbose: true };
}

/** `--name` if wanted. */
export function flag(name: string, wanted: boolean | undefined): readonly string[] {
  return wanted === true ? [`--${name}`] : [];
}

/** `--name=value`, one word: a value that begins with a dash or contains spaces stays a value. */
export function option(name: string, value: string | number | bigint | undefined): readonly string[] {
  return value === undefined ? [] : [`--${name}=${value}`];
}

export function documentOption(
  option: string,
  name: string,
  content: string,
  { confidential = false } = {},
): Word {
  return { option, document: { name, content, confidential } };
}

export function fileOption(option: string, file: string): Word {
  return { option, file };
}

export function confidentialOption(option: string, value: string): Word {
  return { option, confidential: value };
}

/** Neither given: virsh takes the current state. */
export function scopeFlags(scope: ConfigScope): readonly string[] {
  return [...flag('live', scope.live), ...flag('config', scope.config)];
}

/** The filters of virsh's lists, which shows only what is active unless told otherwise. */
export function listFlags(filter: {
  readonly active?: boolean;
  readonly persistent?: boolean;
}): readonly string[] {
  return [
    ...flag('all', filter.active === undefined),
    ...flag('inactive', filter.active === false),
    ...flag('persistent', filter.persistent === true),
    ...flag('transient', filter.persistent === false),
  ];
}
