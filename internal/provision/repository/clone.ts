import { lstat, mkdtemp, opendir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { ProtiumError } from '../../errors/protium-error.ts';
import { checkRepositoryUrl, type UrlRules } from './repository-url.ts';

export interface CloneLimits extends UrlRules {
  readonly timeoutMs: number;
  /** Of all that git writes. */
  readonly bytes: number;
  /** Between two looks at what git has written. */
  readonly lookMs: number;
  readonly signal?: AbortSignal;
}

export const usualCloneLimits: CloneLimits = {
  ssh: false,
  local: true,
  timeoutMs: 120_000,
  bytes: 2 * 2 ** 30,
  lookMs: 500,
};

/**
 * Clones the newest commit of a repository into a private directory, and gives it to `use`; the directory is removed
 * whatever happens. Nothing of the repository is run: no hooks, no filters, no submodules.
 *
 * @throws ProtiumError `argument-invalid`, `download-failed` (it cannot be had, or is too large), `deadline-exceeded`,
 *   `cancelled`, `unsupported` (no git)
 */
export async function withClone<T>(
  url: string,
  limits: CloneLimits,
  use: (directory: string) => Promise<T>,
): Promise<T> {
  const checked = checkRepositoryUrl(url, limits);
  const parent = await mkdtemp(join(tmpdir(), 'protium-repository-'));
  try {
    const directory = join(parent, 'repository');
    await clone(checked, parent, directory, limits);
    return await use(directory);
  } finally {
    await rm(parent, { recursive: true, force: true, maxRetries: 3 });
  }
}

async function clone(url: string, parent: string, directory: string, limits: CloneLimits): Promise<void> {
  let stopped: 'size' | 'time' | 'caller' | null = null;
  const running = execa('git', cloneArguments(url, directory, limits), {
    env: gitEnvironment(parent),
    extendEnv: false,
    stdin: 'ignore',
    stdout: 'ignore',
    reject: false,
    // A group of its own: git's helper for https outlives it otherwise, and holds what it writes to.
    detached: true,
    maxBuffer: 2 ** 20,
  });
  const stop = (reason: NonNullable<typeof stopped>): void => {
    stopped ??= reason;
    if (running.pid === undefined) return;
    try {
      process.kill(-running.pid, 'SIGKILL');
    } catch {
      // It has ended.
    }
  };
  const stopForCaller = (): void => stop('caller');
  const watch = setInterval(() => {
    void sizeOf(parent, limits.bytes).then((bytes) => {
      if (bytes > limits.bytes) stop('size');
    });
  }, limits.lookMs);
  const deadline = setTimeout(() => stop('time'), limits.timeoutMs);
  limits.signal?.addEventListener('abort', stopForCaller, { once: true });
  if (limits.signal?.aborted === true) stopForCaller();
  const result = await running;
  clearInterval(watch);
  clearTimeout(deadline);
  limits.signal?.removeEventListener('abort', stopForCaller);
  const reason = stopped as 'size' | 'time' | 'caller' | null;
  if (reason === 'caller') throw new ProtiumError('cancelled', 'The clone of the repository was cancelled.');
  if (reason === 'time')
    throw new ProtiumError(
      'deadline-exceeded',
      `The clone of the repository took more than ${limits.timeoutMs / 1000} s. Clone it yourself, and give the directory.`,
    );
  if (reason === 'size' || (!result.failed && (await sizeOf(parent, limits.bytes)) > limits.bytes))
    throw new ProtiumError(
      'download-failed',
      `The repository has more than ${Math.round(limits.bytes / 2 ** 20)} MiB. Clone what is needed of it yourself, and give the directory.`,
    );
  if (!result.failed) return;
  if (result.code === 'ENOENT')
    throw new ProtiumError('unsupported', 'This host has no git. Install what is missing: bash cmd/setup.sh');
  const words = result.stderr
    .replaceAll(/[\p{Cc}\p{Cf}]+/gu, ' ')
    .trim()
    .slice(-500);
  throw new ProtiumError(
    'download-failed',
    `The repository cannot be cloned: ${words}. Check its URL, or give a directory.`,
    {
      details: { exitCode: result.exitCode ?? -1 },
    },
  );
}

function cloneArguments(url: string, directory: string, { ssh, local }: UrlRules): readonly string[] {
  const settings = [
    'core.hooksPath=/dev/null',
    'core.fsmonitor=false',
    'core.symlinks=false',
    'core.protectHFS=true',
    'core.protectNTFS=true',
    'credential.helper=',
    'core.askPass=',
    'protocol.allow=never',
    'protocol.https.allow=always',
    `protocol.ssh.allow=${ssh ? 'always' : 'never'}`,
    `protocol.file.allow=${local ? 'always' : 'never'}`,
    'http.followRedirects=initial',
    'submodule.recurse=false',
    'filter.lfs.smudge=',
    'filter.lfs.required=false',
    'transfer.fsckObjects=true',
    'fetch.fsckObjects=true',
    'gc.auto=0',
  ];
  return [
    ...settings.flatMap((setting) => ['-c', setting]),
    'clone',
    '--quiet',
    '--depth=1',
    '--single-branch',
    '--no-tags',
    '--no-recurse-submodules',
    '--template=',
    '--',
    url,
    directory,
  ];
}

/** Nothing of the caller's git: no configuration, no questions, no LFS. Keys for ssh come from the agent and ~/.ssh. */
function gitEnvironment(parent: string): Readonly<Record<string, string>> {
  const kept = [
    'PATH',
    'HOME',
    'SSH_AUTH_SOCK',
    'https_proxy',
    'HTTPS_PROXY',
    'no_proxy',
    'NO_PROXY',
    'SSL_CERT_FILE',
    'SSL_CERT_DIR',
  ];
  return {
    ...Object.fromEntries(
      kept.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])),
    ),
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_SYSTEM: '/dev/null',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_TERMINAL_PROMPT: '0',
    GIT_ASKPASS: '/bin/false',
    SSH_ASKPASS: '/bin/false',
    GIT_SSH_COMMAND: 'ssh -oBatchMode=yes -oStrictHostKeyChecking=yes -oConnectTimeout=20',
    GIT_LFS_SKIP_SMUDGE: '1',
    GIT_OPTIONAL_LOCKS: '0',
    LC_ALL: 'C',
    TMPDIR: parent,
  };
}

/** Of what is below a directory; stops counting above `enough`. What goes away meanwhile counts nothing. */
async function sizeOf(directory: string, enough: number): Promise<number> {
  let bytes = 0;
  const folders = [directory];
  for (let folder = folders.pop(); folder !== undefined && bytes <= enough; folder = folders.pop())
    try {
      for await (const entry of await opendir(folder)) {
        const path = join(folder, entry.name);
        if (entry.isDirectory()) folders.push(path);
        else bytes += (await lstat(path).catch(() => ({ size: 0 }))).size;
      }
    } catch {
      // Gone.
    }
  return bytes;
}
