import type { Database } from './database.ts';
import { connectSqlite, type SqliteConnection } from './sqlite.ts';

/** What could be read of one table. */
export interface SalvagedTable {
  readonly name: string;
  readonly rows: number;
  /** false: some of its rows could not be read, or not be used, or that cannot be told. */
  readonly complete: boolean;
}

/**
 * Copies every row that can still be read of a damaged SQLite file into a whole database of the same schema. Each table is
 * read from both ends, so that one bad page costs what is on it. The damaged file is only read.
 */
export function salvage(damagedFile: string, whole: Database): readonly SalvagedTable[] {
  const damaged = open(damagedFile);
  try {
    const suspect = damagedTables(damaged);
    return tablesOf(whole).map((table) => {
      const { rows, complete } = copyRows(damaged, whole, table);
      return { name: table.name, rows, complete: complete && !suspect.has(table.name) };
    });
  } finally {
    damaged?.close();
  }
}

/** Those that SQLite's own check complains about: a row that can be read may be made of what is on a bad page. */
function damagedTables(damaged: SqliteConnection | undefined): ReadonlySet<string> {
  try {
    const findings = damaged?.prepare('PRAGMA quick_check').all() as { quick_check: string }[] | undefined;
    const roots = (findings ?? []).flatMap(({ quick_check: finding }) =>
      [...finding.matchAll(/Tree (\d+)/g)].map(([, root]) => Number(root)),
    );
    const owner = damaged?.prepare(
      'SELECT tbl_name FROM sqlite_schema WHERE rootpage IN (SELECT value FROM json_each(?))',
    );
    const found = (owner?.all(JSON.stringify(roots)) ?? []) as { tbl_name: string }[];
    return new Set(found.map(({ tbl_name: table }) => table));
  } catch {
    // Nothing can be read at all then, and every table says so.
    return new Set();
  }
}

/** Its PRAGMA user_version; null: not even that can be read. */
export function versionOfDamaged(file: string): number | null {
  const connection = open(file);
  try {
    const row = connection?.prepare('PRAGMA user_version').get() as { user_version: number } | undefined;
    // Without a table that can be found it is a number and nothing else.
    connection?.prepare('SELECT count(*) FROM sqlite_schema').get();
    return row?.user_version ?? null;
  } catch {
    return null;
  } finally {
    connection?.close();
  }
}

function open(file: string): SqliteConnection | undefined {
  try {
    return connectSqlite(file);
  } catch {
    return undefined;
  }
}

interface Table {
  readonly name: string;
  readonly columns: readonly string[];
  /** What its rows are in the order of. */
  readonly key: string;
}

/** In the order in which they were made: a row's parent comes before it. */
function tablesOf(database: Database): readonly Table[] {
  const named = database.prepare<{ name: string; wr: number }>(
    `SELECT schema.name, list.wr FROM sqlite_schema AS schema JOIN pragma_table_list AS list ON list.name = schema.name
     WHERE schema.type = 'table' AND schema.name NOT LIKE 'sqlite_%' AND schema.name <> 'migration'
       AND list.schema = 'main' ORDER BY schema.rowid`,
  );
  return named.all().map(({ name, wr }) => {
    const columns = database
      .prepare<{ name: string; pk: number }>('SELECT name, pk FROM pragma_table_info(?)')
      .all([name]);
    const key = columns
      .filter(({ pk }) => pk > 0)
      .sort((a, b) => a.pk - b.pk)
      .map((column) => quote(column.name));
    return { name, columns: columns.map((column) => column.name), key: wr === 1 ? key.join(', ') : 'rowid' };
  });
}

function copyRows(
  damaged: SqliteConnection | undefined,
  whole: Database,
  { name, columns, key }: Table,
): Omit<SalvagedTable, 'name'> {
  const list = columns.map(quote).join(', ');
  const insert = whole.prepare(
    `INSERT OR IGNORE INTO ${quote(name)} (${list}) VALUES (${columns.map((column) => `:${column}`).join(', ')})`,
  );
  let rows = 0;
  let complete = true;
  const order = (direction: 'ASC' | 'DESC'): string =>
    key
      .split(', ')
      .map((part) => `${part} ${direction}`)
      .join(', ');
  /** Until the first row that is not to be read. */
  const copy = (direction: 'ASC' | 'DESC'): void => {
    const found = damaged
      ?.prepare(`SELECT ${list} FROM ${quote(name)} ORDER BY ${order(direction)}`)
      .iterate();
    if (found === undefined) throw new Error('It is no database.');
    for (const row of found) {
      try {
        rows += insert.run(row as Record<string, string | number | null>);
      } catch {
        // Its parent is lost, or it is not what the schema allows.
        complete = false;
      }
    }
  };
  try {
    copy('ASC');
  } catch {
    complete = false;
    try {
      copy('DESC');
    } catch {
      // Met the bad page from the other side.
    }
  }
  return { rows, complete };
}

function quote(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
