import { ProtiumError } from '../../errors/protium-error.ts';
import type { Database } from '../../store/database.ts';
import type { Account } from '../users/account.ts';
import { issueClientCertificate, newSerial, type CertificateWithKey } from './make-certificate.ts';

/** A client certificate that Protium's own authority has issued. */
export interface ClientCertificate {
  /** Lower-case hexadecimal digits. */
  readonly serial: string;
  readonly user: string;
  readonly description: string;
  /** ISO 8601, UTC, as the others. */
  readonly createdAt: string;
  readonly expiresAt: string;
  readonly revokedAt: string | null;
}

export interface IssuedCertificate {
  readonly certificate: ClientCertificate;
  /** null: it was told before. */
  readonly files: CertificateWithKey | null;
}

/** Client certificates. Changes are durable, and count for open connections too, when the call returns. */
export interface Certificates {
  /**
   * @returns null for a dry run
   * @throws ProtiumError `argument-invalid`, `definition-conflict`
   */
  issue(
    user: Account,
    wish: { readonly description: string; readonly expiresAt: Date },
    options: { readonly validateOnly: boolean; readonly idempotencyKey: string },
  ): Promise<IssuedCertificate | null>;
  /** The oldest first; of one user, or of all. */
  list(user?: string): readonly ClientCertificate[];
  /** @throws ProtiumError `not-found`; `state-conflict` when it is revoked already */
  revoke(serial: string, options: { readonly validateOnly: boolean }): ClientCertificate;
  /** The user's name; null: there is none of the serial number, it is revoked or has expired. */
  userOf(serial: string): string | null;
}

const columns = `serial, user, description, created_at AS createdAt, expires_at AS expiresAt, revoked_at AS revokedAt`;
const longestDays = 3653;

export function createCertificates(options: {
  readonly database: Database;
  readonly authority: () => Promise<CertificateWithKey>;
  readonly clock?: () => Date;
}): Certificates {
  const { database, authority, clock = () => new Date() } = options;
  const insert = database.prepare(
    'INSERT INTO client_certificate (serial, user, description, created_at, expires_at, idempotency_key) VALUES (?, ?, ?, ?, ?, ?)',
  );
  const bySerial = database.prepare<ClientCertificate>(
    `SELECT ${columns} FROM client_certificate WHERE serial = ?`,
  );
  const byKey = database.prepare<ClientCertificate>(
    `SELECT ${columns} FROM client_certificate WHERE idempotency_key = ?`,
  );
  const all = database.prepare<ClientCertificate>(
    `SELECT ${columns} FROM client_certificate WHERE :user IS NULL OR user = :user ORDER BY sequence`,
  );
  const revoke = database.prepare('UPDATE client_certificate SET revoked_at = ? WHERE serial = ?');
  const existing = (serial: string): ClientCertificate => {
    const certificate = bySerial.get([serial]);
    if (certificate !== undefined) return certificate;
    throw new ProtiumError('not-found', `There is no certificate "${serial}".`, {
      details: { certificate: serial },
    });
  };
  return {
    async issue(user, { description, expiresAt }, { validateOnly, idempotencyKey }) {
      requireWish(description, expiresAt, clock());
      const before = idempotencyKey === '' ? undefined : byKey.get([idempotencyKey]);
      if (before !== undefined) return { certificate: repeated(before, user.name), files: null };
      if (validateOnly) return null;
      const serial = newSerial();
      const wish = { user: user.name, serial, notAfter: expiresAt };
      const files = await issueClientCertificate(await authority(), wish);
      const createdAt = clock().toISOString();
      const key = idempotencyKey === '' ? null : idempotencyKey;
      insert.run([serial, user.name, description, createdAt, expiresAt.toISOString(), key]);
      return { certificate: existing(serial), files };
    },
    list: (user) => all.all({ user: user ?? null }),
    revoke(serial, { validateOnly }) {
      const { revokedAt } = existing(serial);
      if (revokedAt !== null) {
        throw new ProtiumError('state-conflict', `The certificate "${serial}" was revoked at ${revokedAt}.`, {
          details: { certificate: serial },
        });
      }
      if (!validateOnly) revoke.run([clock().toISOString(), serial]);
      return existing(serial);
    },
    userOf(serial) {
      const certificate = bySerial.get([serial]);
      if (certificate?.revokedAt !== null) return null;
      return Date.parse(certificate.expiresAt) <= clock().getTime() ? null : certificate.user;
    },
  };
}

function requireWish(description: string, expiresAt: Date, now: Date): void {
  const invalid = (field: string, message: string): ProtiumError =>
    new ProtiumError('argument-invalid', message, { details: { field } });
  if (description.length > 255 || /\p{Cc}/u.test(description)) {
    throw invalid('description', 'A description has at most 255 characters, and no control characters.');
  }
  const days = (expiresAt.getTime() - now.getTime()) / 86_400_000;
  if (!(days > 0 && days <= longestDays)) {
    throw invalid('expire_time', 'A certificate expires in the future, and within ten years.');
  }
}

function repeated(before: ClientCertificate, user: string): ClientCertificate {
  if (before.user === user) return before;
  throw new ProtiumError(
    'definition-conflict',
    'The idempotency key was used before, for another certificate. Use a new key for a new request.',
    { details: { certificate: before.serial } },
  );
}
