import type { Request } from 'express';
import { ProtiumError } from '../../../errors/protium-error.ts';
import type { Identity, User } from '../../../identity/identity.ts';
import { comesFromElsewhere, hostNameOf, isLoopback } from '../same-origin.ts';
import { peerUid } from './peer-uid.ts';

export interface AuthenticationParts {
  readonly identity: Pick<Identity, 'authenticate' | 'openSession' | 'session' | 'sessionOfPeer'>;
  /** Names besides localhost under which loopback is reached; in lower case. */
  readonly names: readonly string[];
}

/** The pair of the cookie by which sessions are known. */
export const cookieName = 'protium_session';

/**
 * Who sends a request: by an access key (Basic), by the cookie of a session, or, Node's client, by the local user that it runs
 * as. Null: nobody that is known, who may log in.
 *
 * @throws ProtiumError `credentials-wrong` when an access key is given and does not fit
 */
export async function authenticate(request: Request, parts: AuthenticationParts): Promise<User | null> {
  const { identity } = parts;
  const { authorization } = request.headers;
  if (authorization !== undefined) {
    const [id, secret] = basicOf(authorization) ?? [];
    const key = id === undefined || secret === undefined ? null : identity.authenticate(id, secret);
    if (key === null) throw credentialsWrong();
    return key.user;
  }
  // A browser sends cookies whoever's page asks; older ones do not say whose it is but for the Referer.
  const cookie = comesFromElsewhere(request.headers) ? '' : (request.headers.cookie ?? '');
  for (const value of cookiesOf(cookie)) {
    const user = identity.session(value);
    if (user !== null) return user;
  }
  if (request.headers['user-agent'] !== 'NodeJS-API') return null;
  const uid = await localProgram(request, parts);
  return uid === null ? null : identity.sessionOfPeer(uid);
}

/**
 * The local user whose program sends the request over loopback; null when it may be a browser, which any web page could
 * have made send it, or comes from elsewhere, also by way of a proxy of this machine that says so.
 */
export async function localProgram(
  { headers, socket }: Pick<Request, 'headers' | 'socket'>,
  { names }: Pick<AuthenticationParts, 'names'>,
): Promise<number | null> {
  const { remoteAddress = '', remotePort = 0, localAddress = '', localPort = 0 } = socket;
  if (!isLoopback(remoteAddress) || !isLoopback(localAddress)) return null;
  const marks = Object.keys(headers).filter((name) =>
    /^(?:origin|referer|sec-fetch-.*|via|forwarded|x-forwarded-.*|x-real-ip)$/.test(name),
  );
  if (marks.length > 0) return null;
  const host = hostNameOf(headers.host ?? '');
  if (!isLoopback(host) && host !== 'localhost' && !names.includes(host)) return null;
  return peerUid({ remoteAddress, remotePort, localAddress, localPort });
}

export function credentialsWrong(): ProtiumError {
  return new ProtiumError(
    'credentials-wrong',
    'The access key or its secret is wrong, or it was revoked. Make one: protium gpueater url --user NAME',
  );
}

/** `ID:SECRET` of Basic authentication; null: it is something else. */
export function basicOf(authorization: string): readonly [string, string] | null {
  const [, encoded] = /^Basic +([A-Za-z0-9+/_-]+={0,2})$/i.exec(authorization.trim()) ?? [];
  const text = encoded === undefined ? '' : Buffer.from(encoded, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  return colon === -1 ? null : [text.slice(0, colon), text.slice(colon + 1)];
}

/** Values of the session's pair. The clients send back all of Set-Cookie, and several of them joined by commas. */
export function cookiesOf(header: string): readonly string[] {
  return header.split(/[;,]/).flatMap((pair) => {
    const [, value] = /^\s*protium_session=([A-Za-z0-9_-]{43})\s*$/.exec(pair) ?? [];
    return value === undefined ? [] : [value];
  });
}
