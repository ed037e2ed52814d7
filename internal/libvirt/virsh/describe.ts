import { UnsupportedCallError } from '../error.ts';
import type { CallArguments, CallName, TableCall } from './call-names.ts';
import type { VirshCommand, VirshDocument, Word } from './command.ts';
import { commandsOf, isTableCall } from './table.ts';

/** Stands where a value must not be shown. */
const hidden = '<confidential>';

/**
 * The virsh command line of a call as words, for people: documents and data are named as files (`--file=domain.xml`),
 * confidential values are hidden. For the few calls that need more than one command: the first.
 *
 * @param uri libvirt connection URI of the command line.
 * @throws UnsupportedCallError for a call that virsh cannot make.
 */
export function describeCall<N extends CallName>(
  call: N,
  values: CallArguments<N>,
  uri = 'qemu:///system',
): readonly string[] {
  const [first] = commandsFor(call, values);
  if (first === undefined) throw new UnsupportedCallError(call, 'virsh');
  return wordsOf(first, uri);
}

/**
 * A call as shell text that a person can replay: a here-document for each file that the commands read, then one
 * command a line.
 *
 * @throws UnsupportedCallError for a call that virsh cannot make.
 */
export function explainCall<N extends CallName>(
  call: N,
  values: CallArguments<N>,
  uri = 'qemu:///system',
): string {
  return commandsFor(call, values)
    .flatMap((command) => [
      ...documentsOf(command).map((document) => hereDocument(document)),
      formatCommandLine(wordsOf(command, uri)),
    ])
    .join('\n');
}

/** A command line for a POSIX shell: what is not plain is quoted. */
export function formatCommandLine(words: readonly string[]): string {
  return words.map((word) => quote(word)).join(' ');
}

function commandsFor<N extends CallName>(call: N, values: CallArguments<N>): readonly VirshCommand[] {
  if (!isTableCall(call)) throw new UnsupportedCallError(call, 'virsh');
  return commandsOf<TableCall>(call, values as CallArguments<TableCall>);
}

function wordsOf(command: VirshCommand, uri: string): readonly string[] {
  return ['virsh', '-c', uri, ...command.words.map((word) => textOf(word))];
}

function textOf(word: Word): string {
  if (typeof word === 'string') return word;
  if ('document' in word) return `--${word.option}=${word.document.name}`;
  if ('file' in word) return `--${word.option}=${word.file}`;
  return `--${word.option}=${hidden}`;
}

function documentsOf(command: VirshCommand): readonly VirshDocument[] {
  return command.words.flatMap((word) =>
    typeof word !== 'string' && 'document' in word ? [word.document] : [],
  );
}

function hereDocument({ name, content, confidential }: VirshDocument): string {
  const text = confidential ? hidden : content;
  const lines = text.split('\n');
  let end = 'END';
  while (lines.includes(end)) end += '_';
  return `cat > ${quote(name)} <<'${end}'\n${text}${text.endsWith('\n') ? '' : '\n'}${end}`;
}

function quote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
