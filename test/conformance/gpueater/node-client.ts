import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { execa } from 'execa';

/** What a call of the published client gave its callback, or threw. */
export interface ClientAnswer {
  readonly name: string;
  readonly error?: unknown;
  readonly data?: unknown;
  readonly thrown?: string;
}

export interface ClientRun {
  readonly exitCode: number | undefined;
  readonly stderr: string;
  readonly answers: readonly ClientAnswer[];
}

/** Of a user that has nothing but what is given: a home, a folder for caches, and no proxy. */
export interface ClientHome {
  readonly directory: string;
  readonly env: Readonly<Record<string, string>>;
  remove(): Promise<void>;
}

export const clientScript = path.join(import.meta.dirname, 'client.cjs');
export const consoleScript = path.resolve(
  import.meta.dirname,
  '../../../node_modules/gpueater/console/index.js',
);

/** @param eater access key and secret for `~/.eater`; null: there is no such file */
export async function clientHome(
  url: string,
  eater: { readonly email: string; readonly password: string } | null,
): Promise<ClientHome> {
  const directory = await mkdtemp(path.join(tmpdir(), 'protium-gpueater-'));
  if (eater !== null) await writeFile(path.join(directory, '.eater'), JSON.stringify({ gpueater: eater }));
  return {
    directory,
    env: {
      PATH: process.env['PATH'] ?? '',
      HOME: directory,
      TMPDIR: directory,
      NO_PROXY: '127.0.0.1',
      GPUEATER_URL: url,
    },
    remove: () => rm(directory, { recursive: true, force: true }),
  };
}

/** Calls functions of the published client, one after the other, in one process. */
export async function runClient(
  home: ClientHome,
  calls: readonly (readonly [string, object?])[],
): Promise<ClientRun> {
  const { exitCode, stdout, stderr } = await execa(process.execPath, [clientScript, JSON.stringify(calls)], {
    cwd: home.directory,
    env: home.env,
    extendEnv: false,
    reject: false,
    timeout: 60_000,
    input: '',
  });
  return { exitCode, stderr, answers: readAnswers(stdout) };
}

export function readAnswers(stdout: string): readonly ClientAnswer[] {
  const last = stdout.trim().split('\n').at(-1) ?? '';
  return last.startsWith('[') ? (JSON.parse(last) as readonly ClientAnswer[]) : [];
}
