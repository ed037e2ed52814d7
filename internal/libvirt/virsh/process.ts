import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import type { LibvirtError } from '../error.ts';
import { LibvirtConnectionError, UnsupportedCallError } from '../error.ts';
import { batchLine } from './batch.ts';
import type { VirshCommand, Word } from './command.ts';
import { openRelay, type Relay } from './relay.ts';
import { relayable } from './relayed-uri.ts';

export interface VirshLocation {
  readonly uri: string;
  readonly virshPath: string;
}

/** What virsh did: what it printed, or how it failed. */
export type VirshEnd =
  | { readonly end: 'ok'; readonly output: string }
  /** libvirtd answered with an error. */
  | { readonly end: 'error'; readonly error: LibvirtError }
  /** virsh gave up, and what libvirt answered is not known: a remote host, or virsh's own refusal. */
  | { readonly end: 'refused'; readonly text: string; readonly relayed: boolean };

/** Linux's MAX_ARG_STRLEN: no single word of a command line can be longer. */
const wordMaximum = 131_071;

/**
 * In libvirt's language and a time zone that we know. C.UTF-8: in plain C virsh prints what is not ASCII as escapes.
 * LANGUAGE would bring the translations back.
 */
export const environment = { LC_ALL: 'C.UTF-8', LANGUAGE: '', TZ: 'UTC' };

/**
 * Runs one virsh command: no shell, no standard input; documents in files of mode 0600 that are gone afterwards.
 *
 * @param files paths for the command's file options, by the file's name.
 * @throws LibvirtConnectionError if libvirtd hung up or virsh cannot be run; the signal's reason after an abort.
 */
export async function runVirsh(
  location: VirshLocation,
  call: string,
  command: VirshCommand,
  signal: AbortSignal,
  files: Readonly<Record<string, string>> = {},
): Promise<VirshEnd> {
  signal.throwIfAborted();
  const directory = await mkdtemp(path.join(os.tmpdir(), 'protium-virsh-'));
  let relay: Relay | null = null;
  try {
    relay = await relayFor(location.uri, call, path.join(directory, 'relay'));
    const words = await Promise.all(command.words.map((word) => place(word, directory, files)));
    const confidential = words.some((word) => typeof word !== 'string');
    const plain = words.map((word) => (typeof word === 'string' ? word : word.confidential));
    if (plain.some((word) => Buffer.byteLength(word) > wordMaximum))
      throw new UnsupportedCallError(call, 'virsh');
    const result = await execa(
      location.virshPath,
      [
        '-c',
        relay?.uri ?? location.uri,
        ...(command.verbose && !confidential ? [] : ['-q']),
        ...(confidential ? [] : plain),
      ],
      {
        env: environment,
        // The list of processes shows a command line to everybody: what is confidential comes by standard input.
        ...(confidential ? { input: batchLine(plain, call) } : { stdin: 'ignore' }),
        cancelSignal: signal,
        killSignal: 'SIGKILL',
        reject: false,
        stripFinalNewline: false,
        maxBuffer: 512 * 1024 * 1024,
      },
    );
    signal.throwIfAborted();
    if (result.exitCode === undefined && result.signal === undefined) {
      throw new LibvirtConnectionError(`cannot run ${location.virshPath}: ${result.originalMessage ?? ''}`);
    }
    // virsh that reads its commands ends well whatever became of them.
    if (result.exitCode === 0 && !(confidential && result.stderr !== '')) {
      return { end: 'ok', output: result.stdout };
    }
    return whyFailed(relay, result.stderr);
  } finally {
    relay?.close();
    await rm(directory, { recursive: true, force: true });
  }
}

function whyFailed(relay: Relay | null, stderr: string): VirshEnd {
  const text = withoutPrefix(stderr);
  if (relay?.lost === true) throw new LibvirtConnectionError(`libvirtd hung up during the call: ${text}`);
  const error = relay?.error ?? null;
  return error === null ? { end: 'refused', text, relayed: relay !== null } : { end: 'error', error };
}

function relayFor(uri: string, call: string, listenAt: string): Promise<Relay | null> {
  const target = relayable(uri, process.env);
  return target === null
    ? Promise.resolve(null)
    : openRelay({ listenAt, upstream: target.sockets, uri: target.at, call });
}

async function place(
  word: Word,
  directory: string,
  files: Readonly<Record<string, string>>,
): Promise<string | { readonly confidential: string }> {
  if (typeof word === 'string') return word;
  if ('confidential' in word) return { confidential: `--${word.option}=${word.confidential}` };
  if ('file' in word) return `--${word.option}=${files[word.file] ?? word.file}`;
  const file = path.join(directory, word.document.name);
  await writeFile(file, word.document.content, { mode: 0o600, flag: 'wx' });
  return `--${word.option}=${file}`;
}

/** For people: `error: ` before each line is virsh's. */
export function withoutPrefix(stderr: string): string {
  return stderr
    .trim()
    .split('\n')
    .map((line) => line.replace(/^error: /, ''))
    .join('; ');
}
