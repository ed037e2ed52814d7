import { randomUUID } from 'node:crypto';
import { ProtiumError } from '../errors/protium-error.ts';
import { newOwner } from '../identity/secrets.ts';
import type { BookingStore, StoredUser } from './booking-store.ts';
import type { Booking, BookingFiles, ImportReport } from './booking.ts';
import type { Placing } from './create-bookings.ts';
import { readBackupList } from './formats/backup-list.ts';
import { readBookingsCsv, type BookingRow } from './formats/bookings-csv.ts';
import { readCapabilityConfig } from './formats/capability-config.ts';
import { readHostDeploy } from './formats/host-deploy.ts';
import { readUsersConfig, type ImportedUser } from './formats/users-config.ts';
import { keepSettings } from './settings.ts';

export interface ImportOptions {
  readonly store: BookingStore;
  readonly now: number;
  /** Names of the images that VMs can be made from. */
  readonly images: readonly string[];
  readonly hashesOf: (password: string) => Promise<Pick<StoredUser, 'passwordHash' | 'guestHash'>>;
  readonly place: (user: StoredUser, request: Placing) => Promise<Booking>;
  readonly validateOnly: boolean;
}

const names = [
  'host_deploy.yaml',
  'capability_config.yaml',
  'users_config.yaml',
  'booking.csv',
  'using.csv',
  'used.csv',
  'backup.yaml',
] as const;

/**
 * Takes over AIVC's files: all are read before anything is changed. What is there already stays; a row that cannot be booked
 * (AIVC books GPUs twice) is left out, with the reason.
 */
export async function importFiles(files: BookingFiles, options: ImportOptions): Promise<ImportReport> {
  const { store, now, validateOnly } = options;
  const read = readFiles(files);
  const imported: string[] = [];
  const skipped: string[] = [];
  if (!validateOnly) keepSettings(store, read);
  if (read.capability !== null) {
    imported.push(`${read.capability.allowedUsers.length} users may book (capability_config.yaml).`);
  }
  if (read.host !== null) {
    const missing = read.host.images.filter((image) => !options.images.includes(image));
    imported.push('The directories and images of host_deploy.yaml.');
    if (missing.length > 0) {
      skipped.push(
        `There are no images of these names: ${missing.join(', ')}. Import VM images so named, or choose others.`,
      );
    }
  }
  if (read.kept !== null) {
    imported.push(`What is kept of a machine: ${read.kept.length} paths (backup.yaml).`);
  }
  const users = new Map(store.users().map((user) => [user.user, user]));
  for (const user of read.users) await takeUser(user);
  for (const row of read.future) await takeRow(row);
  let past = 0;
  for (const row of read.past) {
    if (isThere(row)) continue;
    past += 1;
    if (!validateOnly)
      store.insert({ ...bookingOf(row), end: Math.min(row.end, Math.max(now, row.start + 1)) });
  }
  if (past > 0) imported.push(`${past} bookings that are over.`);
  return { imported, skipped };

  async function takeUser(user: ImportedUser): Promise<void> {
    const before = users.get(user.user);
    const taken = [...users.values()].some(
      (other) => other.user !== user.user && other.forwardPort === user.forwardPort,
    );
    if (taken) {
      skipped.push(`The user ${user.user}: the port ${user.forwardPort} is another user's.`);
      return;
    }
    const image = user.image !== null && options.images.includes(user.image) ? user.image : null;
    const made: StoredUser = {
      user: user.user,
      owner: before?.owner ?? newOwner(),
      ...(await options.hashesOf(user.password)),
      forwardPort: user.forwardPort,
      image,
      extraCommand: user.extraCommand,
    };
    users.set(user.user, made);
    if (!validateOnly) store.putUser(made);
    imported.push(`The user ${user.user}.`);
    if (user.image !== image)
      skipped.push(`The image of ${user.user}, ${user.image ?? ''}: there is none of that name.`);
  }

  async function takeRow(row: BookingRow): Promise<void> {
    const what = `The booking of ${row.user} from ${new Date(row.start).toISOString()} to ${new Date(row.end).toISOString()}`;
    if (isThere(row)) return;
    const user = users.get(row.user);
    if (user === undefined) {
      skipped.push(`${what}: users_config.yaml does not know that user.`);
      return;
    }
    const image = row.image !== null && options.images.includes(row.image) ? row.image : null;
    try {
      await options.place(user, {
        start: Math.max(row.start, now),
        end: row.end,
        cpus: row.cpus,
        memoryGb: Math.ceil(row.memoryGb),
        gpus: row.gpus.length,
        gpuNumbers: row.gpus,
        forwardPort: row.forwardPort === user.forwardPort ? null : row.forwardPort,
        image,
        extraCommand: row.extraCommand,
        validateOnly,
      });
      imported.push(`${what}.`);
    } catch (error) {
      if (!(error instanceof ProtiumError)) throw error;
      skipped.push(`${what}: ${error.message}`);
    }
  }

  function isThere({ user, start, end }: BookingRow): boolean {
    return store
      .all()
      .some(
        (other) =>
          other.user === user &&
          (other.start === start || other.end === end) &&
          other.start < end &&
          start < other.end,
      );
  }

  function readFiles(given: BookingFiles) {
    for (const name of Object.keys(given)) {
      if ((names as readonly string[]).includes(name)) continue;
      throw new ProtiumError(
        'argument-invalid',
        `"${name.slice(0, 60)}" is none of AIVC's files: ${names.join(', ')}.`,
        {
          details: { field: 'files' },
        },
      );
    }
    const one = <T>(name: (typeof names)[number], parse: (text: string, file: string) => T): T | null => {
      const text = Object.hasOwn(given, name) ? given[name] : undefined;
      return text === undefined ? null : parse(text, name);
    };
    const rows = [
      ...(one('using.csv', readBookingsCsv) ?? []),
      ...(one('booking.csv', readBookingsCsv) ?? []),
    ];
    return {
      capability: one('capability_config.yaml', readCapabilityConfig),
      host: one('host_deploy.yaml', readHostDeploy),
      kept: one('backup.yaml', readBackupList),
      users: one('users_config.yaml', readUsersConfig) ?? [],
      // AIVC starts what should have ended already; here it is over.
      future: rows.filter(({ end }) => end > now),
      past: [...rows.filter(({ end }) => end <= now), ...(one('used.csv', readBookingsCsv) ?? [])],
    };
  }
}

function bookingOf(row: BookingRow): Booking {
  return {
    id: randomUUID(),
    user: row.user,
    start: row.start,
    end: row.end,
    cpus: row.cpus,
    memoryGb: row.memoryGb,
    gpus: row.gpus.length,
    gpuNumbers: row.gpus,
    forwardPort: row.forwardPort,
    image: row.image,
    extraCommand: row.extraCommand,
    lease: null,
  };
}
