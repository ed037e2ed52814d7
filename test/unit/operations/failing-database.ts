import { ProtiumError } from '../../../internal/errors/protium-error.ts';
import type { Database } from '../../../internal/store/database.ts';

export interface FailingDatabase extends Database {
  /** What every transaction throws from now on; undefined: nothing. */
  failure: ProtiumError | undefined;
  /** Whether there is disk space set aside that makes the next transactions succeed. */
  reserve: 'held' | 'spent';
}

export const full = (): ProtiumError => new ProtiumError('storage-full', 'database or disk is full');

/** A database whose transactions can be made to fail, as on a full disk. */
export function failingDatabase(database: Database): FailingDatabase {
  const self: FailingDatabase = {
    failure: undefined,
    reserve: 'spent',
    path: database.path,
    prepare: (sql) => database.prepare(sql),
    exec: (sql) => database.exec(sql),
    transaction(fn) {
      if (self.failure !== undefined) throw self.failure;
      return database.transaction(fn);
    },
    backup: (path) => database.backup(path),
    spendReserve() {
      if (self.reserve === 'spent') return false;
      self.reserve = 'spent';
      self.failure = undefined;
      return true;
    },
    restoreReserve: () => database.restoreReserve(),
    close: () => database.close(),
  };
  return self;
}
