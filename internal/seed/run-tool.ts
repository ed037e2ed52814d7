import { execa } from 'execa';
import { ProtiumError } from '../errors/protium-error.ts';

const deadlineMs = 30_000;

/**
 * Runs a tool of the host and gives its output. Errors tell its last words, never what it was given or what it made.
 *
 * @param use what it is for: the end of "Could not ..."
 */
export async function runTool(
  [command, ...args]: readonly [string, ...string[]],
  use: string,
  { input = '', directory }: { readonly input?: string; readonly directory?: string } = {},
): Promise<string> {
  const result = await execa(command, args, {
    input,
    reject: false,
    timeout: deadlineMs,
    ...(directory === undefined ? {} : { cwd: directory }),
  });
  if (!result.failed) return result.stdout;
  if (result.code === 'ENOENT') throw new ToolMissing(command, use);
  const reason = result.timedOut ? 'it did not end in time' : result.stderr.trim().slice(-500);
  throw new ProtiumError('internal', `Could not ${use}: ${command} failed: ${reason}`, {
    details: { command, exitCode: result.exitCode ?? -1 },
  });
}

/** The host does not have the tool. */
export class ToolMissing extends ProtiumError {
  constructor(command: string, use: string) {
    super(
      'unsupported',
      `Could not ${use}: this host has no ${command}. Install what is missing: bash cmd/setup.sh`,
      {
        details: { command },
      },
    );
  }
}
