import type { Database } from '../store/database.ts';
import type { LeaseDemand } from './lease.ts';
import type { GivenWarning, TimedInstance } from './lease-record.ts';

/** Instances that do not hold their part of the host for ever. Every change is durable when the call returns. */
export interface TimedInstanceStore {
  all(): readonly TimedInstance[];
  get(instance: string): TimedInstance | undefined;
  /** Takes the place of what was noted of that instance. */
  put(timed: TimedInstance): void;
  remove(instance: string): void;
  /** Grows with each change. */
  revision(): number;
}

interface Row {
  readonly instance: string;
  readonly kind: TimedInstance['kind'];
  readonly owner: string;
  readonly name: string;
  readonly demand: string;
  readonly devices: string;
  readonly since: number;
  readonly until: number | null;
  readonly warned: string | null;
}

/** The table `timed_instance` of the migration 0013-leases. */
export function createTimedInstanceStore(database: Database): TimedInstanceStore {
  const put = database.prepare(
    `INSERT INTO timed_instance (instance, kind, owner, name, demand, devices, since, until, warned)
     VALUES (:instance, :kind, :owner, :name, :demand, :devices, :since, :until, :warned)
     ON CONFLICT (instance) DO UPDATE SET kind = :kind, owner = :owner, name = :name, demand = :demand, devices = :devices,
       since = :since, until = :until, warned = :warned`,
  );
  const remove = database.prepare('DELETE FROM timed_instance WHERE instance = ?');
  const known = new Map<string, TimedInstance>(
    database
      .prepare<Row>('SELECT * FROM timed_instance')
      .all()
      .map((row) => [
        row.instance,
        {
          ...row,
          demand: JSON.parse(row.demand) as LeaseDemand,
          devices: JSON.parse(row.devices) as string[],
          warned: row.warned === null ? null : (JSON.parse(row.warned) as GivenWarning),
        },
      ]),
  );
  let revision = 0;
  return {
    all: () => [...known.values()],
    get: (instance) => known.get(instance),
    put(timed) {
      put.run({
        ...timed,
        demand: JSON.stringify(timed.demand),
        devices: JSON.stringify(timed.devices),
        warned: timed.warned === null ? null : JSON.stringify(timed.warned),
      });
      known.set(timed.instance, timed);
      revision += 1;
    },
    remove(instance) {
      if (remove.run([instance]) > 0) revision += 1;
      known.delete(instance);
    },
    revision: () => revision,
  };
}
