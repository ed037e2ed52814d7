import { X509Certificate } from 'node:crypto';
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { ProtiumError } from '../../errors/protium-error.ts';
import { builtInAdministrator, type Account } from '../users/account.ts';
import type { Users } from '../users/users.ts';
import type { Certificates } from './certificates.ts';

/** What a connection's certificate says, whoever may change his mind about it later. */
interface Shown {
  /** Of Protium's own authority; null: of another one that is trusted. */
  readonly serial: string | null;
  /** In the order in which they count. */
  readonly names: readonly string[];
  readonly validUntil: number;
}

/**
 * Who has the certificate of a connection: of Protium's own, whom it was issued for; of another authority, the user that its
 * common name or a name of subjectAltName is. null: there is no certificate.
 *
 * The handshake has checked chain and purpose; the result throws `credentials-wrong` where it was not content.
 */
export function certificateIntroductions(options: {
  readonly certificates: Pick<Certificates, 'userOf'>;
  readonly users: Pick<Users, 'find'>;
  /** PEM; null: it has none. */
  readonly ownAuthority: string | null;
  readonly clock?: () => Date;
}): (socket: Socket) => Account | null {
  const { certificates, users, clock = () => new Date() } = options;
  const own = options.ownAuthority === null ? null : new X509Certificate(options.ownAuthority);
  const seen = new WeakMap<Socket, Shown | null>();
  return (socket) => {
    if (!(socket instanceof TLSSocket)) return null;
    let shown = seen.get(socket);
    if (shown === undefined) {
      shown = read(socket, own);
      seen.set(socket, shown);
    }
    if (shown === null) return null;
    if (shown.validUntil <= clock().getTime()) throw wrong('The client certificate has expired.');
    const account = accountOf(shown, certificates, users);
    if (account === undefined) {
      throw wrong(
        shown.serial === null
          ? `The client certificate is of no user of Protium (it has the names ${shown.names.join(', ') || 'none'}).`
          : 'The client certificate was revoked, or its user was deleted.',
      );
    }
    return account;
  };
}

function read(socket: TLSSocket, own: X509Certificate | null): Shown | null {
  const certificate = socket.getPeerX509Certificate();
  if (certificate === undefined) return null;
  if (!socket.authorized) {
    throw wrong(`The client certificate is not trusted (${String(socket.authorizationError)}).`);
  }
  const validUntil = Date.parse(certificate.validTo);
  const ofOwn = own !== null && certificate.checkIssued(own) && certificate.verify(own.publicKey);
  if (ofOwn) return { serial: certificate.serialNumber.toLowerCase(), names: [], validUntil };
  return { serial: null, names: namesOf(certificate), validUntil };
}

function accountOf(
  { serial, names }: Shown,
  certificates: Pick<Certificates, 'userOf'>,
  users: Pick<Users, 'find'>,
): Account | undefined {
  if (serial !== null) {
    const name = certificates.userOf(serial);
    return name === null ? undefined : users.find(name);
  }
  // A name that everybody knows is not to be had from another authority.
  return names
    .filter((name) => name !== builtInAdministrator)
    .map((name) => users.find(name))
    .find((account) => account !== undefined);
}

/** Pure. The common name, then those of subjectAltName. */
export function namesOf({
  subject,
  subjectAltName,
}: Pick<X509Certificate, 'subject' | 'subjectAltName'>): readonly string[] {
  // Node quotes what could be taken for another entry, so that no value can look like one.
  const common = subject.split('\n').flatMap((line) => /^CN=([^"\\]+)$/.exec(line)?.[1] ?? []);
  const others = (subjectAltName ?? '')
    .split(', ')
    .flatMap((entry) => /^(?:DNS|email|URI):([^"\\]+)$/.exec(entry)?.[1] ?? []);
  return [...new Set([...common, ...others])];
}

function wrong(message: string): ProtiumError {
  return new ProtiumError(
    'credentials-wrong',
    `${message} Another one: protium cert create --user NAME, as an administrator.`,
  );
}
