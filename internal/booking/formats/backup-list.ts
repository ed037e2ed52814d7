import { stringify } from 'yaml';
import { z } from 'zod';
import { line, readYaml } from './read-yaml.ts';

/** What of a guest is kept from one booking to the next. */
export interface KeptPath {
  readonly kind: 'directory' | 'file';
  /** Below the user's backup directory. */
  readonly kept: string;
  /** Absolute, in the guest. */
  readonly guest: string;
}

const inside = line.regex(/^(?!\/)(?!(?:.*\/)?\.\.(?:\/|$)).+$/, 'a path below the backup directory');
const absolute = line.regex(/^\/(?!(?:.*\/)?\.\.(?:\/|$)).*$/, 'an absolute path');
const pairs = z
  .array(z.tuple([inside, absolute]))
  .max(1000)
  .nullish();
const schema = z.object({ Dir: pairs, File: pairs }).nullable();

/**
 * Reads AIVC's backup.yaml: pairs [path below Backup, absolute path in the guest] under `Dir` and `File`.
 *
 * @throws ProtiumError `argument-invalid`
 */
export function readBackupList(text: string, file = 'backup.yaml'): readonly KeptPath[] {
  const read = readYaml(text, file, schema) ?? {};
  const of = (kind: KeptPath['kind'], list: z.output<typeof pairs>): readonly KeptPath[] =>
    (list ?? []).map(([kept, guest]) => ({ kind, kept, guest }));
  return [...of('directory', read.Dir), ...of('file', read.File)];
}

/** The same as a file of AIVC's. */
export function writeBackupList(paths: readonly KeptPath[]): string {
  const of = (kind: KeptPath['kind']) =>
    paths.filter((path) => path.kind === kind).map(({ kept, guest }) => [kept, guest]);
  return stringify({ Dir: of('directory'), File: of('file') });
}
