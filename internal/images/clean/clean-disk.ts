import { mkdir, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { execa } from 'execa';
import type { OperationLog } from '../../operations/definition.ts';
import { asStorageError } from '../incoming/incoming-file.ts';
import { isNearlyFull } from '../incoming/nearly-full.ts';
import { cleaningFailed, cleaningToolMissing, cleaningTooLong } from './clean-failure.ts';
import { endByItsChildren, killGroup } from './end-process.ts';
import { sysprepCommand, sysprepEnvironment, sysprepProgress, type CleanPlaces } from './sysprep-command.ts';

/** Without KVM it takes half a minute, and more where the disk is large and slow. */
const defaultDeadlineMs = 30 * 60_000;

export interface CleanRun {
  readonly signal: AbortSignal;
  readonly progress: (fraction: number, message: string) => void;
  readonly log: OperationLog;
}

/** Takes from a disk what belongs to one machine, by virt-sysprep: libguestfs opens it in a small VM of its own. */
export interface DiskCleaner {
  /** @throws ProtiumError `unsupported`: virt-sysprep is not installed */
  requireTool(): Promise<void>;
  /**
   * Changes the image. One at a time.
   *
   * @param file an absolute path of a qcow2 image in a directory of the operation's own
   * @throws ProtiumError `unsupported`, `host-incapable`, `storage-full`, `deadline-exceeded`
   */
  clean(file: string, run: CleanRun): Promise<void>;
}

/** @param appliance a directory for libguestfs's appliance, some hundred MiB; made when needed */
export function createDiskCleaner(appliance: string, deadlineMs = defaultDeadlineMs): DiskCleaner {
  const requireTool = async (): Promise<void> => {
    for (const command of ['setpriv', 'virt-sysprep']) {
      const { code } = await execa(command, ['--version'], { stdin: 'ignore', reject: false });
      if (code === 'ENOENT') throw cleaningToolMissing(command);
    }
  };
  return {
    requireTool,
    async clean(file, run) {
      await requireTool();
      const temporary = path.join(path.dirname(file), 'cleaning');
      try {
        for (const directory of [temporary, appliance]) {
          await mkdir(directory, { recursive: true, mode: 0o700 });
        }
        await runSysprep(file, run, { places: { temporary, appliance }, deadlineMs });
      } catch (error) {
        throw asStorageError(error, file);
      } finally {
        await rm(temporary, { recursive: true, force: true });
        await removeHalfMade(appliance);
      }
    },
  };
}

async function runSysprep(
  file: string,
  { signal, progress, log }: CleanRun,
  { places, deadlineMs }: { readonly places: CleanPlaces; readonly deadlineMs: number },
): Promise<void> {
  signal.throwIfAborted();
  const command = sysprepCommand(file);
  const child = execa(command.file, command.args, {
    stdin: 'ignore',
    env: sysprepEnvironment(places),
    // A group of its own, to be ended with all that it starts.
    detached: true,
    reject: false,
    maxBuffer: 1024 * 1024,
  });
  const { pid } = child;
  const deadline = AbortSignal.timeout(deadlineMs);
  const either = AbortSignal.any([signal, deadline]);
  let ending = Promise.resolve();
  const end = (): void => {
    if (pid !== undefined) ending = endByItsChildren(pid);
  };
  either.addEventListener('abort', end);
  try {
    for await (const line of child.iterable({ from: 'stdout' })) {
      const step = sysprepProgress(line);
      if (step !== null) progress(step.fraction, step.message);
    }
    const { exitCode = null, failed, stdout, stderr } = await child;
    const facts = { command: 'virt-sysprep', exitCode, stdout, stderr };
    log.info(facts, failed ? 'the disk could not be cleaned' : 'the disk was cleaned');
    signal.throwIfAborted();
    if (!failed) return;
    if (deadline.aborted) throw cleaningTooLong(deadlineMs);
    if (await isNearlyFull(file)) throw asStorageError({ code: 'ENOSPC' }, file);
    throw cleaningFailed(stderr, exitCode);
  } finally {
    either.removeEventListener('abort', end);
    await ending;
    // Whatever has become of its leader: nothing of it writes to the file any more.
    if (pid !== undefined) killGroup(pid);
  }
}

/** libguestfs makes its appliance beside its place; where it was ended meanwhile, that lies there for ever. */
async function removeHalfMade(appliance: string): Promise<void> {
  const entries = await readdir(appliance, { withFileTypes: true }).catch(() => []);
  for (const owner of entries.filter((entry) => entry.isDirectory() && entry.name.startsWith('.guestfs-'))) {
    const directory = path.join(appliance, owner.name);
    for (const name of await readdir(directory)) {
      if (name.startsWith('appliance.d.'))
        await rm(path.join(directory, name), { recursive: true, force: true });
    }
  }
}
