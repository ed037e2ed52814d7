import { statfs } from 'node:fs/promises';
import { execa } from 'execa';
import { ProtiumError } from '../errors/protium-error.ts';

const deadlineMs = 30_000;
/** More than any of these tools writes. */
const enoughBytes = 4 * 2 ** 20;

/**
 * Runs a tool of the host and gives its output. Errors tell its last words, never what it was given or what it made.
 *
 * @param use what it is for: the end of "Could not ..."
 * @param options.directory where it runs, and writes what it makes
 * @throws ProtiumError `unsupported`, `storage-full`, `internal`
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
  if (!result.timedOut && directory !== undefined && (await isFull(directory))) throw noRoom(use, directory);
  const reason = result.timedOut ? 'it did not end in time' : result.stderr.trim().slice(-500);
  throw new ProtiumError('internal', `Could not ${use}: ${command} failed: ${reason}`, {
    details: { command, exitCode: result.exitCode ?? -1 },
  });
}

/** The exit status of the tools does not tell why they fail; how much space is left does. */
async function isFull(directory: string): Promise<boolean> {
  const { bavail, bsize } = await statfs(directory);
  return bavail * bsize < enoughBytes;
}

function noRoom(use: string, directory: string): ProtiumError {
  return new ProtiumError(
    'storage-full',
    `Could not ${use}: there is no room left where it is made. Free some, or choose another PROTIUM_STATE_DIRECTORY.`,
    { details: { directory } },
  );
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
