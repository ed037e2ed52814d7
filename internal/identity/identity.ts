/** A person known by name. */
export interface User {
  /** `[a-z0-9][a-z0-9.-]{0,62}`; unique. */
  readonly name: string;
  /** 32 lower-case hexadecimal digits: the owner of instances, key pairs and operations. */
  readonly owner: string;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
}

/** What lets a program in as a user. Its secret is told once, and kept only as a hash. */
export interface AccessKey {
  /** The public half: 20 of [A-Za-z0-9_-]. */
  readonly id: string;
  readonly user: User;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
  /** To the minute; null: never. */
  readonly lastUsedAt: string | null;
  readonly revokedAt: string | null;
}

/** Who may use the GPUEater dialect. Changes are durable when the call returns. */
export interface Identity {
  /**
   * A new access key. Makes the user when there is none of the name.
   *
   * @param options.idempotencyKey the same with the same name answers with the same key, whose secret is no more: null
   * @throws ProtiumError `argument-invalid`, `definition-conflict`
   */
  issue(
    userName: string,
    options: { readonly validateOnly: boolean; readonly idempotencyKey: string },
  ): { readonly key: AccessKey; readonly secret: string | null } | null;
  /** The oldest first; of one user, or of all. */
  list(userName?: string): readonly AccessKey[];
  /**
   * Ends an access key and the sessions that were opened with it.
   *
   * @throws ProtiumError `not-found`; `state-conflict` when it is revoked already
   */
  revoke(id: string, options: { readonly validateOnly: boolean }): AccessKey;
  /** Null: there is no such key, it is revoked, or the secret is wrong; all look the same. */
  authenticate(id: string, secret: string): AccessKey | null;
  /**
   * Opens a session of 90 days from its last use.
   *
   * @param peerUid the local user that opens it: sessionOfPeer then finds it, instead of one before; null: only its cookie does
   * @returns the cookie's value, 43 of [A-Za-z0-9_-]
   */
  openSession(key: AccessKey, peerUid: number | null): string;
  /** Null: unknown, ended, or of a revoked key. */
  session(cookie: string): User | null;
  /** The user of the session that the local user `uid` has opened; null: none. */
  sessionOfPeer(uid: number): User | null;
}
