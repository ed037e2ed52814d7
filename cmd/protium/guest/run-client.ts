import { constants } from 'node:os';
import { execa, type Result } from 'execa';
import { Failure } from '../failure.ts';

/** Runs a program of the system on this terminal; resolves with its exit code. Throws Failure `unsupported` if it is missing. */
export async function runClient(program: 'ssh' | 'scp', args: readonly string[]): Promise<number> {
  const ended = await execa(program, args, { stdio: 'inherit', reject: false });
  return exitCodeOf(program, ended);
}

/** What a program writes to stdout; its stderr is this one's. @param input null: this terminal's */
export async function readClient(
  program: 'ssh' | 'sftp',
  args: readonly string[],
  input: string | null = null,
): Promise<{ readonly exitCode: number; readonly stdout: string }> {
  const ended = await execa(program, args, {
    ...(input === null ? { stdin: 'inherit' } : { input }),
    stderr: 'inherit',
    reject: false,
    stripFinalNewline: false,
    maxBuffer: 2 ** 28,
  });
  return { exitCode: exitCodeOf(program, ended), stdout: ended.stdout };
}

function exitCodeOf(program: string, ended: Pick<Result, 'code' | 'exitCode' | 'signal'>): number {
  if (ended.code === 'ENOENT') throw missing(program);
  return ended.exitCode ?? 128 + (ended.signal === undefined ? 0 : constants.signals[ended.signal]);
}

/** Found out before a guest is waited for. */
export async function requireClient(program: 'ssh'): Promise<void> {
  const { code } = await execa(program, ['-V'], { reject: false });
  if (code === 'ENOENT') throw missing(program);
}

function missing(program: string): Failure {
  return new Failure(
    'unsupported',
    `There is no ${program} here. Install it: openssh-client (Debian, Ubuntu) or openssh-clients (Fedora).`,
    { details: { program } },
  );
}
