import { rmSync } from 'node:fs';
import path from 'node:path';
import { ProtiumError } from '../errors/protium-error.ts';
import type { Database } from '../store/database.ts';
import type { KeyPair, KeyPairs, PublicKey } from './key-pair.ts';
import { createKeyPairStore, taken } from './key-pair-store.ts';
import { makeKey } from './make-key.ts';
import { readPublicKey } from './read-public-key.ts';

const namePattern = /^[a-z0-9][a-z0-9.-]{0,62}$/;
const mixedNamePattern = /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/;
const defaultLimit = 100;

/**
 * The use cases of key pairs.
 *
 * @param options.stateDirectory in it keys are made; to be called while it is locked, before any key is made
 */
export function createKeyPairs(options: {
  readonly database: Database;
  readonly stateDirectory: string;
}): KeyPairs {
  const store = createKeyPairStore(options.database);
  const workshop = path.join(options.stateDirectory, 'new-keys');
  // Private halves that a daemon left which was killed while it made them.
  rmSync(workshop, { recursive: true, force: true, maxRetries: 5 });

  /** What was made with the same idempotency key; null: nothing was. */
  const repeated = (owner: string, idempotencyKey: string, request: string): KeyPair | null => {
    const before = idempotencyKey === '' ? undefined : store.byIdempotencyKey(owner, idempotencyKey);
    if (before === undefined) return null;
    if (before.request === request) return before;
    throw new ProtiumError(
      'definition-conflict',
      'The idempotency key was used before, for another request. Use a new key for a new request.',
      { details: { name: before.name } },
    );
  };
  const requireFree = (owner: string, name: string): void => {
    if (store.get(owner, name) !== undefined) throw taken(name);
  };
  const keyPairOf = (owner: string, name: string, key: PublicKey): KeyPair => ({
    owner,
    name,
    ...key,
    createdAt: new Date().toISOString(),
  });
  const keep = (keyPair: KeyPair, idempotencyKey: string, request: string): KeyPair => {
    const used =
      idempotencyKey === '' ? { idempotencyKey: null, request: null } : { idempotencyKey, request };
    return options.database.transaction(() => {
      // The same request at once: it was kept while this one was read or made.
      const before = repeated(keyPair.owner, idempotencyKey, request);
      if (before !== null) return before;
      store.insert({ ...keyPair, ...used });
      return keyPair;
    });
  };

  return {
    list({ owner, fingerprint = '', limit = defaultLimit, after = '' }) {
      // One more than asked for, to know whether there is a next page.
      const found = store.list({ owner, fingerprint, limit: limit + 1, after });
      const keyPairs = found.slice(0, limit);
      return { keyPairs, next: found.length > limit ? (keyPairs.at(-1)?.name ?? null) : null };
    },
    get(owner, name) {
      const keyPair = store.get(owner, name);
      if (keyPair === undefined) throw missing([name]);
      return keyPair;
    },
    async import({ owner, name, publicKey, idempotencyKey, validateOnly, mixedName = false }) {
      requireName(name, mixedName);
      const key = await readPublicKey(publicKey);
      const request = JSON.stringify(['import', name, key.publicKey]);
      const before = repeated(owner, idempotencyKey, request);
      if (before !== null) return before;
      requireFree(owner, name);
      const keyPair = keyPairOf(owner, name, key);
      return validateOnly ? keyPair : keep(keyPair, idempotencyKey, request);
    },
    async create({ owner, name, type, idempotencyKey, validateOnly }) {
      requireName(name);
      const request = JSON.stringify(['create', name, type]);
      const before = repeated(owner, idempotencyKey, request);
      if (before !== null) return { keyPair: before, privateKey: null };
      requireFree(owner, name);
      if (validateOnly) return null;
      const { privateKey, publicKey } = await makeKey(workshop, type, name);
      const made = keyPairOf(owner, name, await readPublicKey(publicKey));
      const kept = keep(made, idempotencyKey, request);
      return { keyPair: kept, privateKey: kept.publicKey === made.publicKey ? privateKey : null };
    },
    remove(owner, name, { validateOnly }) {
      const found = validateOnly ? store.get(owner, name) !== undefined : store.remove(owner, name);
      if (!found) throw missing([name]);
    },
    publicKeys(owner, names) {
      const unique = [...new Set(names)];
      const absent = unique.filter((name) => store.get(owner, name) === undefined);
      if (absent.length > 0) throw missing(absent);
      return unique.flatMap((name) => store.get(owner, name)?.publicKey ?? []);
    },
  };
}

function requireName(name: string, mixed = false): void {
  if ((mixed ? mixedNamePattern : namePattern).test(name)) return;
  const allowed = mixed
    ? 'letters, digits, dots, dashes and underscores'
    : 'lower-case letters, digits, dots and dashes';
  throw new ProtiumError(
    'argument-invalid',
    `A name has at most 63 ${allowed}, and begins with a letter or digit.`,
    { details: { field: 'name' } },
  );
}

function missing(names: readonly string[]): ProtiumError {
  const shown = names.map((name) => `"${name}"`).join(', ');
  return new ProtiumError(
    'not-found',
    `This client has no key pair ${shown}; GET /v1/key-pairs lists those it has.`,
    {
      details: { names },
    },
  );
}
