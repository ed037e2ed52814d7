import type { Database } from '../store/database.ts';
import type { Booking, BookingUser } from './booking.ts';

export interface StoredUser extends BookingUser {
  /** scrypt's, with its salt. */
  readonly passwordHash: string;
  /** What a guest's shadow file takes. */
  readonly guestHash: string;
}

/** What is imported as a whole. */
type SettingName = 'capability' | 'host' | 'kept';

/** The tables of the migration 0015-bookings. Every change is durable when the call returns. */
export interface BookingStore {
  /** undefined: was never set. */
  setting(name: SettingName): unknown;
  set(name: SettingName, value: unknown): void;
  users(): readonly StoredUser[];
  user(user: string): StoredUser | undefined;
  /** Makes it or replaces it. */
  putUser(user: StoredUser): void;
  /** By start. */
  all(): readonly Booking[];
  get(id: string): Booking | undefined;
  insert(booking: Booking): void;
  setLease(id: string, lease: string): void;
  remove(id: string): void;
}

interface UserRow {
  readonly user: string;
  readonly owner: string;
  readonly password_hash: string;
  readonly guest_hash: string;
  readonly forward_port: number;
  readonly image: string | null;
  readonly extra_command: string | null;
}

interface BookingRow {
  readonly id: string;
  readonly user: string;
  readonly starts_at: number;
  readonly ends_at: number;
  readonly cpus: number;
  readonly memory_gb: number;
  readonly gpus: number;
  readonly gpu_numbers: string;
  readonly forward_port: number;
  readonly image: string | null;
  readonly extra_command: string | null;
  readonly lease: string | null;
}

export function createBookingStore(database: Database): BookingStore {
  const selectSetting = database.prepare<{ value: string }>(
    'SELECT value FROM booking_setting WHERE name = ?',
  );
  const putSetting = database.prepare(
    'INSERT INTO booking_setting (name, value) VALUES (:name, :value) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
  );
  const selectUsers = database.prepare<UserRow>('SELECT * FROM booking_user ORDER BY user');
  const selectUser = database.prepare<UserRow>('SELECT * FROM booking_user WHERE user = ?');
  const putUser = database.prepare(
    `INSERT INTO booking_user (user, owner, password_hash, guest_hash, forward_port, image, extra_command)
     VALUES (:user, :owner, :passwordHash, :guestHash, :forwardPort, :image, :extraCommand)
     ON CONFLICT (user) DO UPDATE SET password_hash = excluded.password_hash, guest_hash = excluded.guest_hash,
       forward_port = excluded.forward_port, image = excluded.image, extra_command = excluded.extra_command`,
  );
  const selectAll = database.prepare<BookingRow>('SELECT * FROM booking ORDER BY starts_at, id');
  const selectOne = database.prepare<BookingRow>('SELECT * FROM booking WHERE id = ?');
  const insert = database.prepare(
    `INSERT INTO booking (id, user, starts_at, ends_at, cpus, memory_gb, gpus, gpu_numbers, forward_port, image, extra_command, lease)
     VALUES (:id, :user, :start, :end, :cpus, :memoryGb, :gpus, :gpuNumbers, :forwardPort, :image, :extraCommand, :lease)`,
  );
  const setLease = database.prepare('UPDATE booking SET lease = :lease WHERE id = :id');
  const remove = database.prepare('DELETE FROM booking WHERE id = ?');
  return {
    setting(name) {
      const row = selectSetting.get([name]);
      return row === undefined ? undefined : (JSON.parse(row.value) as unknown);
    },
    set: (name, value) => void putSetting.run({ name, value: JSON.stringify(value) }),
    users: () => selectUsers.all().map(userOf),
    user(user) {
      const row = selectUser.get([user]);
      return row === undefined ? undefined : userOf(row);
    },
    putUser: (user) => void putUser.run({ ...user }),
    all: () => selectAll.all().map(bookingOf),
    get(id) {
      const row = selectOne.get([id]);
      return row === undefined ? undefined : bookingOf(row);
    },
    insert: (booking) => void insert.run({ ...booking, gpuNumbers: JSON.stringify(booking.gpuNumbers) }),
    setLease: (id, lease) => void setLease.run({ id, lease }),
    remove: (id) => void remove.run([id]),
  };
}

function userOf(row: UserRow): StoredUser {
  return {
    user: row.user,
    owner: row.owner,
    passwordHash: row.password_hash,
    guestHash: row.guest_hash,
    forwardPort: row.forward_port,
    image: row.image,
    extraCommand: row.extra_command,
  };
}

function bookingOf(row: BookingRow): Booking {
  return {
    id: row.id,
    user: row.user,
    start: row.starts_at,
    end: row.ends_at,
    cpus: row.cpus,
    memoryGb: row.memory_gb,
    gpus: row.gpus,
    gpuNumbers: JSON.parse(row.gpu_numbers) as readonly number[],
    forwardPort: row.forward_port,
    image: row.image,
    extraCommand: row.extra_command,
    lease: row.lease,
  };
}
