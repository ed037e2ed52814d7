import { constants } from 'node:os';
import { execa } from 'execa';
import { Failure } from '../failure.ts';

/** Runs a program of the system on this terminal; resolves with its exit code. Throws Failure `unsupported` if it is missing. */
export async function runClient(program: 'ssh' | 'scp', args: readonly string[]): Promise<number> {
  const { code, exitCode, signal } = await execa(program, args, { stdio: 'inherit', reject: false });
  if (code === 'ENOENT') throw missing(program);
  return exitCode ?? 128 + (signal === undefined ? 0 : constants.signals[signal]);
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
