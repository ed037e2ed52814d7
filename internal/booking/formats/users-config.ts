import { stringify } from 'yaml';
import { z } from 'zod';
import { line, port, readYaml, userId } from './read-yaml.ts';

/** What a user books with unless told otherwise. */
export interface BookingProfile {
  readonly user: string;
  /** Of the host, leads to the guest's port 22. */
  readonly forwardPort: number;
  /** null: the host's own choice. */
  readonly image: string | null;
  /** Run in the guest once it is up; null: none. */
  readonly extraCommand: string | null;
  /** Folders of the host; null: none. */
  readonly workDirectory: string | null;
  readonly datasetDirectory: string | null;
  readonly backupDirectory: string | null;
}

export interface ImportedUser extends BookingProfile {
  /** As it stands in the file: it is hashed at once and never kept. */
  readonly password: string;
}

const folder = line.nullish().transform((value) => value ?? null);

const schema = z
  .record(
    z.string(),
    z.object({
      password: z.preprocess((value) => (typeof value === 'number' ? String(value) : value), line.min(1)),
      forward_port: port,
      image: folder,
      extra_command: folder,
      volume_work_dir: folder,
      volume_dataset_dir: folder,
      volume_backup_dir: folder,
    }),
  )
  .nullable();

/**
 * Reads AIVC's users_config.yaml.
 *
 * @throws ProtiumError `argument-invalid`
 */
export function readUsersConfig(text: string, file = 'users_config.yaml'): readonly ImportedUser[] {
  const read = readYaml(text, file, schema) ?? {};
  const users = new Map<string, ImportedUser>();
  for (const [name, given] of Object.entries(read)) {
    const user = readYaml(JSON.stringify(name), `${file}: ${name.slice(0, 40)}`, userId);
    users.set(user, {
      user,
      password: given.password,
      forwardPort: given.forward_port,
      image: given.image,
      extraCommand: given.extra_command,
      workDirectory: given.volume_work_dir,
      datasetDirectory: given.volume_dataset_dir,
      backupDirectory: given.volume_backup_dir,
    });
  }
  return [...users.values()];
}

/** The same as a file of AIVC's; passwords are not known here, so they are empty and must be set there anew. */
export function writeUsersConfig(profiles: readonly BookingProfile[]): string {
  return stringify(
    Object.fromEntries(
      profiles.map((profile) => [
        profile.user,
        {
          password: '',
          forward_port: profile.forwardPort,
          image: profile.image,
          extra_command: profile.extraCommand,
          volume_work_dir: profile.workDirectory,
          volume_dataset_dir: profile.datasetDirectory,
          volume_backup_dir: profile.backupDirectory,
        },
      ]),
    ),
  );
}
