import type { Database } from '../store/database.ts';
import type { MovedInstance } from './moved-instance.ts';

/** Who went where. Every change is durable when the call returns. */
export interface MovedInstances {
  /** The latest first. */
  all(): readonly MovedInstance[];
  of(uuid: string): MovedInstance | undefined;
  /** Takes the place of what is known of the same instance. */
  put(moved: MovedInstance): void;
  remove(uuid: string): void;
}

interface Row {
  readonly uuid: string;
  readonly moved: string;
}

/** The table of the migration 0014-moved-instances. */
export function createMovedInstances(database: Database): MovedInstances {
  const all = database.prepare<Row>('SELECT uuid, moved FROM moved_instance ORDER BY moved_at DESC, uuid');
  const of = database.prepare<Row>('SELECT uuid, moved FROM moved_instance WHERE uuid = ?');
  const put = database.prepare(
    'INSERT OR REPLACE INTO moved_instance (uuid, moved_at, moved) VALUES (?, ?, ?)',
  );
  const remove = database.prepare('DELETE FROM moved_instance WHERE uuid = ?');
  return {
    all: () => all.all().map(decode),
    of(uuid) {
      const row = of.get([uuid]);
      return row === undefined ? undefined : decode(row);
    },
    put: (moved) => void put.run([moved.uuid, moved.movedAt, JSON.stringify(moved)]),
    remove: (uuid) => void remove.run([uuid]),
  };
}

function decode({ moved }: Row): MovedInstance {
  return JSON.parse(moved) as MovedInstance;
}
