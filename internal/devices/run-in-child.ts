import { execa } from 'execa';

export type ChildOutcome =
  | { readonly outcome: 'done' }
  /** The kernel refused it; its words are for a person. */
  | { readonly outcome: 'refused'; readonly reason: string }
  /** It has not come back. `ended` resolves when it does, if ever. */
  | { readonly outcome: 'hangs'; readonly ended: Promise<void> };

/**
 * Runs a command that ends in the kernel, in a process of its own: a driver that does not let go blocks whoever asks it,
 * and nothing can end that process before the kernel does. Never rejects.
 *
 * @param input its standard input
 */
export async function runInChild(
  [command, ...args]: readonly [string, ...string[]],
  { input, deadlineMs }: { readonly input: string; readonly deadlineMs: number },
): Promise<ChildOutcome> {
  const child = execa(command, args, { input, stdout: 'ignore', reject: false });
  const finished = child.then((result): ChildOutcome => {
    if (!result.failed) return { outcome: 'done' };
    const { stderr, shortMessage = 'no reason given' } = result;
    return { outcome: 'refused', reason: stderr === '' ? shortMessage : stderr };
  });
  let timer: NodeJS.Timeout | undefined;
  const hanging = new Promise<ChildOutcome>((resolve) => {
    timer = setTimeout(() => {
      child.kill('SIGKILL');
      // It must not keep the daemon from ending.
      child.unref();
      resolve({ outcome: 'hangs', ended: finished.then(() => undefined) });
    }, deadlineMs);
  });
  try {
    return await Promise.race([finished, hanging]);
  } finally {
    clearTimeout(timer);
  }
}
