import { ProtiumError } from '../errors/protium-error.ts';
import type { Database } from './database.ts';
import type { Migration } from './migrations/migration.ts';

/**
 * Applies the migrations that this file has not had, all or none of them.
 *
 * @throws ProtiumError `unsupported` when the file has had a migration that is not in the list: a newer Protium wrote it.
 */
export function migrate(database: Database, migrations: readonly Migration[]): void {
  // Read before any write, so that an up-to-date file is opened without one.
  if (versionOf(database) === migrations.length) return;
  database.transaction(() => {
    const version = versionOf(database);
    if (version > migrations.length) throw newer(database, version, migrations);
    if (version === 0) {
      database.exec(
        `CREATE TABLE migration (version INTEGER PRIMARY KEY, name TEXT NOT NULL, applied_at TEXT NOT NULL) STRICT`,
      );
    }
    const insert = database.prepare(`INSERT INTO migration VALUES (?, ?, strftime('%FT%TZ', 'now'))`);
    for (const [index, migration] of migrations.entries()) {
      if (index < version) continue;
      database.exec(migration.sql);
      insert.run([index + 1, migration.name]);
    }
    database.exec(`PRAGMA user_version = ${migrations.length}`);
  });
}

function versionOf(database: Database): number {
  return database.prepare<{ user_version: number }>('PRAGMA user_version').get()?.user_version ?? 0;
}

function newer(database: Database, version: number, migrations: readonly Migration[]): ProtiumError {
  const applied = database
    .prepare<{ name: string }>('SELECT name FROM migration ORDER BY version DESC LIMIT 1')
    .get();
  const theirs = applied?.name ?? String(version);
  const ours = migrations.at(-1)?.name ?? 'none';
  return new ProtiumError(
    'unsupported',
    `The database ${database.path} was written by a newer Protium: its schema is at ${theirs}, this one knows up to ${ours}. ` +
      'Run the newer version, or put back the backup that was made before the upgrade.',
    { details: { path: database.path, schema: theirs, known: ours } },
  );
}
