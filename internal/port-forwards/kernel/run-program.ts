import { execa } from 'execa';

const deadline = { timeout: 20_000, reject: false, stripFinalNewline: true } as const;

/** Runs one of the host's network programs. Resolves with its stdout, rejects with the first line of what it complains. */
export async function runProgram(program: string, args: readonly string[], input?: string): Promise<string> {
  const { failed, stdout, stderr, shortMessage } = await execa(program, args, {
    ...deadline,
    ...(input === undefined ? { stdin: 'ignore' as const } : { input }),
  });
  if (!failed) return stdout;
  const [said = ''] = stderr.trim().split('\n');
  throw new Error(`${program}: ${said === '' ? shortMessage : said}`);
}
