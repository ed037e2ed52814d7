/** The public half of a key that lets into guests by ssh. */
export interface KeyPair {
  /** Unique among the owner's; `[a-z0-9][a-z0-9.-]{0,62}`, or `[A-Za-z0-9][A-Za-z0-9._-]{0,62}` of an import with mixedName. */
  readonly name: string;
  /** 32 lower-case hexadecimal digits. */
  readonly owner: string;
  /** As OpenSSH calls it, e.g. `ssh-ed25519`. */
  readonly type: string;
  readonly bits: number;
  /** In OpenSSH's format, in one line, with the comment. */
  readonly publicKey: string;
  /** `SHA256:...`, as `ssh-keygen -l` shows it. */
  readonly fingerprint: string;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
}

/** A key as it was read, before it has a name. */
export type PublicKey = Pick<KeyPair, 'type' | 'bits' | 'publicKey' | 'fingerprint'>;

/** Kinds of keys that are made, by ssh-keygen's names. */
export type MadeType = 'ed25519' | 'ecdsa';

/** What a request wants of a new key pair. */
interface NewKeyPair {
  readonly owner: string;
  readonly name: string;
  /** The same key of the same owner with the same request answers with the same key pair; empty: none. */
  readonly idempotencyKey: string;
  /** Only checks. */
  readonly validateOnly: boolean;
}

export interface ImportRequest extends NewKeyPair {
  readonly publicKey: string;
  /** The name may have capitals and underscores too, as GPUEater's do; default: false. */
  readonly mixedName?: boolean;
}

export interface CreateRequest extends NewKeyPair {
  readonly type: MadeType;
}

/** The use cases of key pairs. Calls throw and reject with `argument-invalid`, `not-found`, `already-exists`, `definition-conflict`. */
export interface KeyPairs {
  /** Sorted by name; from the first after `after` on, at most `limit`. `next` is null on the last page. */
  list(query: KeyPairQuery): { readonly keyPairs: readonly KeyPair[]; readonly next: string | null };
  get(owner: string, name: string): KeyPair;
  /** Keeps the public half of a key that somebody has. */
  import(request: ImportRequest): Promise<KeyPair>;
  /** Makes a key. Its private half is told once; it is null for a request that is repeated. A dry run makes none: null. */
  create(
    request: CreateRequest,
  ): Promise<{ readonly keyPair: KeyPair; readonly privateKey: string | null } | null>;
  remove(owner: string, name: string, options: { readonly validateOnly: boolean }): void;
  /** The public keys of these names, in their order; `not-found` names those that there are not. */
  publicKeys(owner: string, names: readonly string[]): readonly string[];
}

export interface KeyPairQuery {
  readonly owner: string;
  readonly fingerprint?: string;
  readonly limit?: number;
  readonly after?: string;
}
