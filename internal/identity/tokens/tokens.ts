import { ProtiumError } from '../../errors/protium-error.ts';
import type { Database } from '../../store/database.ts';
import { hashOf, isSecret, newSecret } from '../secrets.ts';
import type { Account } from '../users/account.ts';
import { createTokenStore, type StoredToken, type Token } from './token-store.ts';
import { encodeScope, type TokenScope } from './token-scope.ts';
import { newToken, tokenText, type TokenText } from './token-text.ts';

export interface NewToken {
  readonly description: string;
  readonly scope: TokenScope;
  /** ISO 8601, UTC; null: it does not expire. */
  readonly expiresAt: string | null;
}

/** A token, and its text where it was just made; null: it was told before. */
export interface IssuedToken {
  readonly token: Token;
  /** `pt_ID_SECRET` */
  readonly text: string | null;
}

/** API tokens. Changes are durable, and count for requests, when the call returns. */
export interface Tokens {
  /**
   * @param options.idempotencyKey the same with the same request answers with the same token, whose text is no more: null
   * @returns null for a dry run
   * @throws ProtiumError `argument-invalid`, `definition-conflict`
   */
  issue(
    user: Account,
    wish: NewToken,
    options: { readonly validateOnly: boolean; readonly idempotencyKey: string },
  ): IssuedToken | null;
  /** The oldest first; of one user, or of all. */
  list(user?: string): readonly Token[];
  /** @throws ProtiumError `not-found` */
  get(id: string): Token;
  /** @throws ProtiumError `not-found`; `state-conflict` when it is revoked already */
  revoke(id: string, options: { readonly validateOnly: boolean }): Token;
  /**
   * Another secret for the same token; the one before lets nobody in any more.
   *
   * @throws ProtiumError `not-found`; `state-conflict` when it is revoked or has expired
   */
  rotate(id: string, options: { readonly validateOnly: boolean }): IssuedToken;
  /** null: there is none, it is revoked or has expired, or the secret is wrong; all look the same. */
  authenticate(text: TokenText, from: string): Token | null;
}

const minuteMs = 60_000;
const longestDescription = 255;

/** Compared with where there is no such token, so that the two take the same time. */
const nobody = hashOf(newSecret());

export function createTokens(options: { readonly database: Database; readonly clock?: () => Date }): Tokens {
  const { database, clock = () => new Date() } = options;
  const store = createTokenStore(database);
  const now = (): string => clock().toISOString();
  const existing = (id: string): StoredToken => {
    const token = store.get(id);
    if (token !== undefined) return token;
    throw new ProtiumError('not-found', `There is no token "${id}".`, { details: { token: id } });
  };
  const requireValid = (token: Token): void => {
    const ended = token.revokedAt ?? (isPast(token.expiresAt, clock()) ? token.expiresAt : null);
    if (ended === null) return;
    const what = token.revokedAt === null ? 'expired' : 'was revoked';
    throw new ProtiumError('state-conflict', `The token "${token.id}" ${what} at ${ended}.`, {
      details: { token: token.id },
    });
  };

  return {
    issue(user, wish, { validateOnly, idempotencyKey }) {
      requireWish(wish, clock());
      return database.transaction(() => {
        const before = idempotencyKey === '' ? undefined : store.byIdempotency(idempotencyKey);
        if (before !== undefined) return { token: repeated(before, user, wish), text: null };
        if (validateOnly) return null;
        const made = newToken();
        store.insert({
          ...wish,
          id: made.id,
          user: user.name,
          createdAt: now(),
          secretHash: hashOf(made.secret),
          idempotencyKey: idempotencyKey === '' ? null : idempotencyKey,
        });
        return { token: withoutHash(existing(made.id)), text: tokenText(made) };
      });
    },
    list: (user) => store.list(user ?? null).map(withoutHash),
    get: (id) => withoutHash(existing(id)),
    revoke(id, { validateOnly }) {
      const token = existing(id);
      if (token.revokedAt !== null) {
        throw new ProtiumError('state-conflict', `The token "${id}" was revoked at ${token.revokedAt}.`, {
          details: { token: id },
        });
      }
      if (!validateOnly) store.revoke(id, now());
      return withoutHash(existing(id));
    },
    rotate(id, { validateOnly }) {
      const token = existing(id);
      requireValid(token);
      if (validateOnly) return { token: withoutHash(token), text: null };
      const secret = newSecret();
      store.replaceSecret(id, hashOf(secret));
      return { token: withoutHash(token), text: tokenText({ id, secret }) };
    },
    authenticate({ id, secret }, from) {
      const token = store.get(id);
      const right = isSecret(secret, token?.secretHash ?? nobody);
      if (token === undefined || !right || token.revokedAt !== null) return null;
      if (isPast(token.expiresAt, clock())) return null;
      const since = token.lastUsedAt === null ? Infinity : clock().getTime() - Date.parse(token.lastUsedAt);
      // Noted now and then only: each write is one to the disk.
      if (since >= minuteMs) {
        try {
          store.noteUse(id, now(), from);
        } catch {
          // A disk that is full keeps nobody out, least of all who comes to make room.
        }
      }
      return withoutHash(token);
    },
  };
}

function requireWish({ description, expiresAt, scope }: NewToken, now: Date): void {
  const invalid = (field: string, message: string): ProtiumError =>
    new ProtiumError('argument-invalid', message, { details: { field } });
  if (description.length > longestDescription || /\p{Cc}/u.test(description)) {
    throw invalid(
      'description',
      `A description has at most ${longestDescription} characters, and no control characters.`,
    );
  }
  if (isPast(expiresAt, now)) throw invalid('expire_time', 'A token expires in the future.');
  for (const project of Object.keys(scope.projects ?? {})) {
    if (!/^[0-9a-f]{32}$/.test(project)) {
      throw invalid('projects', `"${project}" is no project: its id has 32 lower-case hexadecimal digits.`);
    }
  }
}

function isPast(time: string | null, now: Date): boolean {
  return time !== null && Date.parse(time) <= now.getTime();
}

function repeated(before: StoredToken, user: Account, wish: NewToken): Token {
  const same =
    before.user.name === user.name &&
    before.description === wish.description &&
    before.expiresAt === wish.expiresAt &&
    encodeScope(before.scope) === encodeScope(wish.scope);
  if (same) return withoutHash(before);
  throw new ProtiumError(
    'definition-conflict',
    'The idempotency key was used before, for another token. Use a new key for a new request.',
    { details: { token: before.id } },
  );
}

function withoutHash({ secretHash: _, ...token }: StoredToken): Token {
  return token;
}
