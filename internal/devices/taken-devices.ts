import type { Database } from '../store/database.ts';

/** A device that is not the host's for the time being. */
export interface TakenDevice {
  /** `0000:01:00.0` */
  readonly address: string;
  /** What it is to get back; null: it had none. */
  readonly driver: string | null;
  /** uuid of the domain that it was taken for. */
  readonly holder: string;
  /** What is wrong with it; null: nothing is known. */
  readonly fault: DeviceFault | null;
}

export interface DeviceFault {
  readonly condition: 'stuck' | 'quarantined';
  readonly reason: string;
  /** ISO time. */
  readonly since: string;
}

/** Durable when a call returns, and quick to read. What was taken before the host was booted is forgotten. */
export interface TakenDevices {
  /** Sorted by address. */
  all(): readonly TakenDevice[];
  get(address: string): TakenDevice | undefined;
  /** To be called before the device is touched. One that is there keeps the driver that was noted first. */
  note(device: Omit<TakenDevice, 'fault'>): void;
  setFault(address: string, fault: DeviceFault): void;
  forget(address: string): void;
}

interface Row {
  readonly address: string;
  readonly driver: string | null;
  readonly holder: string;
  readonly condition: DeviceFault['condition'] | null;
  readonly reason: string | null;
  readonly since: string | null;
}

/** The table of the migration 0003-taken-devices. */
export function createTakenDevices(database: Database, bootId: string): TakenDevices {
  database.prepare('DELETE FROM taken_device WHERE boot_id <> ?').run([bootId]);
  const select = database.prepare<Row>(
    'SELECT address, driver, holder, condition, reason, since FROM taken_device ORDER BY address',
  );
  const insert = database.prepare(
    `INSERT INTO taken_device (address, driver, holder, boot_id) VALUES (:address, :driver, :holder, :bootId)
     ON CONFLICT (address) DO UPDATE SET holder = :holder, condition = NULL, reason = NULL, since = NULL`,
  );
  const update = database.prepare(
    'UPDATE taken_device SET condition = :condition, reason = :reason, since = :since WHERE address = :address',
  );
  const remove = database.prepare('DELETE FROM taken_device WHERE address = ?');
  let rows: readonly TakenDevice[] | null = null;
  const all = () => (rows ??= select.all().map(fromRow));
  const changed = (): void => {
    rows = null;
  };
  return {
    all,
    get: (address) => all().find((device) => device.address === address),
    note({ address, driver, holder }) {
      insert.run({ address, driver, holder, bootId });
      changed();
    },
    setFault(address, { condition, reason, since }) {
      update.run({ address, condition, reason, since });
      changed();
    },
    forget(address) {
      remove.run([address]);
      changed();
    },
  };
}

function fromRow({ address, driver, holder, condition, reason, since }: Row): TakenDevice {
  const fault = condition === null ? null : { condition, reason: reason ?? '', since: since ?? '' };
  return { address, driver, holder, fault };
}
