import { ProtiumError } from '../../errors/protium-error.ts';
import type { Database } from '../../store/database.ts';
import { newOwner } from '../secrets.ts';
import { builtInAdministrator, type Account } from './account.ts';
import { createUserStore, type Login, type UserStore } from './user-store.ts';

/** A user with how they are known elsewhere. */
export interface KnownUser extends Account {
  /** User ids of this machine. */
  readonly localUids: readonly number[];
  /** Values of the claim that names a user to the OIDC issuer, after the issuer and a space. */
  readonly oidcSubjects: readonly string[];
}

export interface NewUser {
  readonly name: string;
  /** 32 lower-case hexadecimal digits; null: a new one. AtomOS's clients bring one (client_uid). */
  readonly owner: string | null;
  readonly administrator: boolean;
  readonly localUids: readonly number[];
  readonly oidcSubjects: readonly string[];
}

/** null: as it is. */
export interface UserChange {
  readonly administrator: boolean | null;
  readonly localUids: readonly number[] | null;
  readonly oidcSubjects: readonly string[] | null;
}

/** People and programs by name. Changes are durable when the call returns. */
export interface Users {
  /**
   * @param options.idempotencyKey the same with the same name answers with the user that was made; empty: none
   * @throws ProtiumError `argument-invalid`, `already-exists`, `definition-conflict`
   */
  create(
    wish: NewUser,
    options: { readonly validateOnly: boolean; readonly idempotencyKey?: string },
  ): KnownUser;
  /** By name. */
  list(): readonly KnownUser[];
  /** @throws ProtiumError `not-found` */
  get(name: string): KnownUser;
  find(name: string): Account | undefined;
  /** @throws ProtiumError `not-found`, `argument-invalid`, `already-exists`, `state-conflict` */
  update(name: string, change: UserChange, options: { readonly validateOnly: boolean }): KnownUser;
  /**
   * Forgets a user, with tokens, access keys and sessions. What is theirs stays, for administrators.
   *
   * @throws ProtiumError `not-found`; `state-conflict` for the one that is there from the start
   */
  remove(name: string, options: { readonly validateOnly: boolean }): KnownUser;
  /** null: none has it. */
  ofLocalUid(uid: number): Account | null;
  ofOidcSubject(subject: string): Account | null;
}

const namePattern = /^[a-z0-9][a-z0-9.-]{0,62}$/;
const largestUid = 0xffff_fffe;

export function createUsers(options: { readonly database: Database; readonly clock?: () => Date }): Users {
  const { database, clock = () => new Date() } = options;
  const store = createUserStore(database);
  const known = (account: Account): KnownUser => ({ ...account, ...split(store.logins(account.name)) });
  const existing = (name: string): Account => {
    const account = store.get(name);
    if (account !== undefined) return account;
    throw new ProtiumError('not-found', `There is no user "${name}".`, { details: { user: name } });
  };

  return {
    create({ name, owner, administrator, ...logins }, { validateOnly, idempotencyKey = '' }) {
      requireName(name);
      const account: Account = {
        name,
        owner: owner ?? newOwner(),
        createdAt: clock().toISOString(),
        administrator,
      };
      return database.transaction(() => {
        const before = idempotencyKey === '' ? undefined : store.byIdempotency(idempotencyKey);
        if (before !== undefined) return known(repeated(before, name));
        if (store.get(name) !== undefined) throw exists(`There is a user "${name}" already.`);
        requireFreeOwner(store, account.owner);
        const wished = joined(logins);
        requireFree(store, name, wished);
        if (!validateOnly) {
          store.insert(account, idempotencyKey === '' ? null : idempotencyKey);
          store.setLogins(name, wished);
        }
        return { ...account, ...split(wished) };
      });
    },
    list: () => store.list().map(known),
    get: (name) => known(existing(name)),
    find: (name) => store.get(name),
    update(name, { administrator, localUids, oidcSubjects }, { validateOnly }) {
      return database.transaction(() => {
        const before = known(existing(name));
        if (name === builtInAdministrator && administrator === false) throw builtIn('stays one');
        const after: KnownUser = {
          ...before,
          administrator: administrator ?? before.administrator,
          localUids: localUids ?? before.localUids,
          oidcSubjects: oidcSubjects ?? before.oidcSubjects,
        };
        const wished = joined(after);
        requireFree(store, name, wished);
        if (validateOnly) return after;
        store.setAdministrator(name, after.administrator);
        store.setLogins(name, wished);
        return known(existing(name));
      });
    },
    remove(name, { validateOnly }) {
      const user = known(existing(name));
      if (name === builtInAdministrator) throw builtIn('cannot be deleted; revoke its tokens instead');
      if (!validateOnly) store.remove(name);
      return user;
    },
    ofLocalUid: (uid) => store.ofLogin({ kind: 'local', subject: String(uid) }) ?? null,
    ofOidcSubject: (subject) => store.ofLogin({ kind: 'oidc', subject }) ?? null,
  };
}

function repeated(before: Account, name: string): Account {
  if (before.name === name) return before;
  throw new ProtiumError(
    'definition-conflict',
    'The idempotency key was used before, for another user. Use a new key for a new request.',
    { details: { user: before.name } },
  );
}

function joined({ localUids, oidcSubjects }: Pick<KnownUser, 'localUids' | 'oidcSubjects'>): Login[] {
  return [
    ...[...new Set(localUids)].map((uid): Login => ({ kind: 'local', subject: String(requireUid(uid)) })),
    ...[...new Set(oidcSubjects)].map((subject): Login => ({
      kind: 'oidc',
      subject: requireSubject(subject),
    })),
  ];
}

function split(logins: readonly Login[]): Pick<KnownUser, 'localUids' | 'oidcSubjects'> {
  const subjects = (kind: Login['kind']): string[] =>
    logins.filter((login) => login.kind === kind).map(({ subject }) => subject);
  return {
    localUids: subjects('local')
      .map(Number)
      .sort((a, b) => a - b),
    oidcSubjects: subjects('oidc'),
  };
}

function requireFree(store: UserStore, name: string, logins: readonly Login[]): void {
  for (const login of logins) {
    const holder = store.ofLogin(login);
    if (holder === undefined || holder.name === name) continue;
    const what = login.kind === 'local' ? `The local user ${login.subject}` : `"${login.subject}"`;
    throw exists(`${what} is the user "${holder.name}" already.`);
  }
}

function requireFreeOwner(store: UserStore, owner: string): void {
  if (!/^[0-9a-f]{32}$/.test(owner)) {
    throw invalid('owner', 'The id of a user has 32 lower-case hexadecimal digits.');
  }
  const holder = store.byOwner(owner);
  if (holder !== undefined) throw exists(`${owner} is the id of the user "${holder.name}".`);
}

function requireName(name: string): void {
  if (namePattern.test(name)) return;
  throw invalid(
    'name',
    'The name of a user has at most 63 lower-case letters, digits, dots and dashes, and begins with a letter or digit.',
  );
}

function requireUid(uid: number): number {
  if (Number.isSafeInteger(uid) && uid >= 0 && uid <= largestUid) return uid;
  throw invalid('local_uids', `${uid} is no user id.`);
}

function requireSubject(subject: string): string {
  if (/^https?:\/\/\S+ [^\p{Cc}]{1,255}$/u.test(subject) && subject.length <= 1024) return subject;
  throw invalid('oidc_subjects', 'A subject is the URL of the issuer, a space, and the value of the claim.');
}

function invalid(field: string, message: string): ProtiumError {
  return new ProtiumError('argument-invalid', message, { details: { field } });
}

function exists(message: string): ProtiumError {
  return new ProtiumError('already-exists', message);
}

function builtIn(what: string): ProtiumError {
  return new ProtiumError('state-conflict', `The user "${builtInAdministrator}" ${what}.`);
}
