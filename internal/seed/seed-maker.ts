import { rmSync } from 'node:fs';
import { mkdir, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { GuestWishes } from '../cloud-init/cloud-config.ts';
import { seedFiles } from '../cloud-init/seed-files.ts';
import { readUserData } from '../cloud-init/user-data.ts';
import { ProtiumError } from '../errors/protium-error.ts';
import type { GuestSetup } from '../spec/spec.ts';
import { makeIsoImage } from './iso-image.ts';
import { hashPassword } from './password-hash.ts';
import { makeHostKeys } from './ssh-host-keys.ts';

/** What a seed is made from, secrets included. */
export interface SeedOrder extends Pick<GuestWishes, 'hostname' | 'login' | 'agentPackage'> {
  readonly uuid: string;
  readonly setup: GuestSetup;
}

export interface Seed {
  /** The image, readable by this process alone, and gone when `use` is done. */
  readonly file: string;
  readonly bytes: number;
  /** Public keys by which the guest's sshd is to be known. */
  readonly sshHostKeys: readonly string[];
}

/** Makes the media from which guests set themselves up. They hold secrets: none stays with the daemon. */
export interface SeedMaker {
  /** Makes a seed, gives it to `use`, and removes it, whatever happens. */
  withSeed<T>(order: SeedOrder, use: (seed: Seed) => Promise<T>): Promise<T>;
  /** Removes what a daemon that was killed left. To be called while the state directory is locked, before any seed is made. */
  removeStale(): void;
}

export function createSeedMaker(stateDirectory: string): SeedMaker {
  const base = path.join(stateDirectory, 'seeds');
  return {
    async withSeed(order, use) {
      const directory = path.join(base, order.uuid);
      try {
        await mkdir(directory, { recursive: true, mode: 0o700 });
        return await use(await makeSeed(directory, order));
      } catch (error) {
        throw asProtiumError(error, base);
      } finally {
        await rm(directory, { recursive: true, force: true });
      }
    },
    removeStale() {
      // A tool that outlives the daemon for a moment may still write there.
      rmSync(base, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

async function makeSeed(directory: string, order: SeedOrder): Promise<Seed> {
  const { uuid, setup, ...wishes } = order;
  const [passwordHash, hostKeys] = await Promise.all([
    setup.password === null ? null : hashPassword(setup.password),
    makeHostKeys(directory),
  ]);
  const answer = setup.userData === null ? null : readUserData(setup.userData);
  const { files, sshHostKeys } = seedFiles(
    uuid,
    { ...wishes, setup, passwordHash, hostKeys },
    answer?.ok === true ? answer.userData : null,
  );
  const named = Object.entries(files);
  await Promise.all(
    named.map(([name, text]) => writeFile(path.join(directory, name), text, { mode: 0o600 })),
  );
  const file = await makeIsoImage(
    directory,
    'seed.iso',
    named.map(([name]) => name),
  );
  return { file, bytes: (await stat(file)).size, sshHostKeys };
}

function asProtiumError(error: unknown, directory: string): unknown {
  const full = error instanceof Error && 'code' in error && ['ENOSPC', 'EDQUOT'].includes(String(error.code));
  if (!full) return error;
  return new ProtiumError('storage-full', `There is no room for the medium that sets up the guest.`, {
    cause: error,
    details: { directory },
  });
}
