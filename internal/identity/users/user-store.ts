import type { Database } from '../../store/database.ts';
import { decodeAccount, type Account, type AccountRow } from './account.ts';

/** How a user is known elsewhere: `local`: user id of this machine; `oidc`: issuer, a space, value of the claim. */
export interface Login {
  readonly kind: 'local' | 'oidc';
  readonly subject: string;
}

/** Where users are kept. Every change is durable when the call returns. */
export interface UserStore {
  insert(account: Account, idempotencyKey: string | null): void;
  byIdempotency(key: string): Account | undefined;
  get(name: string): Account | undefined;
  byOwner(owner: string): Account | undefined;
  /** By name. */
  list(): readonly Account[];
  setAdministrator(name: string, administrator: boolean): void;
  /** Forgets the user's tokens, access keys and sessions too. */
  remove(name: string): void;
  ofLogin(login: Login): Account | undefined;
  logins(name: string): readonly Login[];
  setLogins(name: string, logins: readonly Login[]): void;
}

const columns = 'u.name, u.owner, u.created_at, u.administrator';

/** The tables `user` and `login`. */
export function createUserStore(database: Database): UserStore {
  const insert = database.prepare(
    'INSERT INTO user (name, owner, created_at, administrator, idempotency_key) VALUES (?, ?, ?, ?, ?)',
  );
  const byKey = database.prepare<AccountRow>(`SELECT ${columns} FROM user u WHERE u.idempotency_key = ?`);
  const byName = database.prepare<AccountRow>(`SELECT ${columns} FROM user u WHERE u.name = ?`);
  const byOwner = database.prepare<AccountRow>(`SELECT ${columns} FROM user u WHERE u.owner = ?`);
  const all = database.prepare<AccountRow>(`SELECT ${columns} FROM user u ORDER BY u.name`);
  const administrator = database.prepare('UPDATE user SET administrator = ? WHERE name = ?');
  const byLogin = database.prepare<AccountRow>(
    `SELECT ${columns} FROM login l JOIN user u ON u.name = l.user WHERE l.kind = ? AND l.subject = ?`,
  );
  const loginsOf = database.prepare<Login>(
    'SELECT kind, subject FROM login WHERE user = ? ORDER BY kind, subject',
  );
  const removeLogins = database.prepare('DELETE FROM login WHERE user = ?');
  const insertLogin = database.prepare('INSERT INTO login (kind, subject, user) VALUES (?, ?, ?)');
  const removals = [
    'DELETE FROM session WHERE access_key IN (SELECT id FROM access_key WHERE user = ?)',
    'DELETE FROM access_key WHERE user = ?',
    'DELETE FROM api_token WHERE user = ?',
    'DELETE FROM client_certificate WHERE user = ?',
    'DELETE FROM login WHERE user = ?',
    'DELETE FROM user_limit WHERE user = (SELECT owner FROM user WHERE name = ?)',
    'DELETE FROM user WHERE name = ?',
  ].map((sql) => database.prepare(sql));
  const decoded = (row: AccountRow | undefined): Account | undefined =>
    row === undefined ? undefined : decodeAccount(row);
  return {
    insert: ({ name, owner, createdAt, administrator: may }, key) =>
      void insert.run([name, owner, createdAt, may ? 1 : 0, key]),
    byIdempotency: (key) => decoded(byKey.get([key])),
    get: (name) => decoded(byName.get([name])),
    byOwner: (owner) => decoded(byOwner.get([owner])),
    list: () => all.all().map(decodeAccount),
    setAdministrator: (name, value) => void administrator.run([value ? 1 : 0, name]),
    remove: (name) =>
      database.transaction(() => {
        for (const removal of removals) removal.run([name]);
      }),
    ofLogin: ({ kind, subject }) => decoded(byLogin.get([kind, subject])),
    logins: (name) => loginsOf.all([name]),
    setLogins: (name, logins) =>
      database.transaction(() => {
        removeLogins.run([name]);
        for (const { kind, subject } of logins) insertLogin.run([kind, subject, name]);
      }),
  };
}
