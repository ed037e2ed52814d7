import { ProtiumError } from '../../../internal/errors/protium-error.ts';
import type { Database, Statement } from '../../../internal/store/database.ts';

/** A database on a disk that can be filled: then nothing can be written, and all can be read. */
export function onFillableDisk(database: Database): Database & { full: boolean } {
  const write = <Result>(work: () => Result): Result => {
    if (self.full) throw new ProtiumError('storage-full', 'database or disk is full');
    return work();
  };
  const self: Database & { full: boolean } = {
    full: false,
    path: database.path,
    prepare<Row>(sql: string): Statement<Row> {
      const statement = database.prepare<Row>(sql);
      return {
        run: (parameters) => write(() => statement.run(parameters)),
        get: (parameters) => statement.get(parameters),
        all: (parameters) => statement.all(parameters),
      };
    },
    exec: (sql) => write(() => database.exec(sql)),
    transaction: (work) => database.transaction(work),
    backup: (path) => database.backup(path),
    spendReserve: () => database.spendReserve(),
    restoreReserve: () => database.restoreReserve(),
    close: () => database.close(),
  };
  return self;
}
