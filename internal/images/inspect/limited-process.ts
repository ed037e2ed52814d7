import { ProtiumError } from '../../errors/protium-error.ts';

export interface Limits {
  readonly cpuSeconds: number;
  readonly memoryBytes: number;
  /** The largest file that it may write. */
  readonly fileBytes: number;
  readonly deadlineMs: number;
  readonly signal: AbortSignal;
}

/**
 * How to run a program that reads a file from anywhere, limited by the kernel: what the file makes of it ends with that
 * process. It gets no environment, no input and no core dump. To be given to execa with further options.
 */
export function limited(command: string, args: readonly string[], limits: Limits) {
  const { cpuSeconds, memoryBytes, fileBytes, deadlineMs, signal } = limits;
  return {
    file: 'prlimit',
    args: [
      `--cpu=${cpuSeconds}`,
      `--as=${memoryBytes}`,
      `--fsize=${fileBytes}`,
      '--core=0',
      '--nofile=256',
      '--',
      command,
      ...args,
    ],
    options: {
      timeout: deadlineMs,
      cancelSignal: signal,
      reject: false,
      extendEnv: false,
      env: { PATH: process.env['PATH'] ?? '/usr/bin:/bin', LC_ALL: 'C' },
      killSignal: 'SIGKILL',
    },
  } as const;
}

/** prlimit's exit status when there is no such program, as of every program that starts another (POSIX env, nice ...). */
const notFoundStatus = 127;

/**
 * Says what is missing when the program could not even be started.
 *
 * @throws ProtiumError `unsupported`
 */
export function requireStarted(
  result: { readonly code?: string | undefined; readonly exitCode?: number | undefined },
  command: string,
  packageName: string,
): void {
  if (result.code !== 'ENOENT' && result.exitCode !== notFoundStatus) return;
  const [missing, from] = result.code === 'ENOENT' ? ['prlimit', 'util-linux'] : [command, packageName];
  throw new ProtiumError('unsupported', `This needs ${missing}, which is not installed (package ${from}).`, {
    details: { command: missing },
  });
}
