import path from 'node:path';
import { execa } from 'execa';

/** As users run it; test/system/vitest-build.ts has built it. */
export const cliProgram = path.resolve(import.meta.dirname, '../../dist/cmd/protium/main.js');

export interface CliRun {
  readonly exitCode: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the client to its end, without a terminal. */
export async function runCli(
  address: string,
  args: readonly string[],
  { input = '' }: { readonly input?: string } = {},
): Promise<CliRun> {
  const { exitCode, stdout, stderr } = await execa(process.execPath, [cliProgram, ...args], {
    env: { PROTIUM_ADDRESS: address },
    input,
    reject: false,
  });
  return { exitCode, stdout, stderr };
}
