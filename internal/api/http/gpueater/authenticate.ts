import type { Request } from 'express';
import { ProtiumError } from '../../../errors/protium-error.ts';
import type { Identity, User } from '../../../identity/identity.ts';
import type { Caller } from '../../../identity/caller.ts';
import { localUidOf } from '../../../identity/local/local-peers.ts';
import { addressOf } from '../../door/address.ts';
import { mayBeBrowserOrProxy } from '../../door/program-marks.ts';

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
export async function authenticate(request: Request, parts: AuthenticationParts): Promise<Known | null> {
  const { identity } = parts;
  const { authorization } = request.headers;
  if (authorization !== undefined) {
    const [id, secret] = basicOf(authorization) ?? [];
    const key = id === undefined || secret === undefined ? null : identity.authenticate(id, secret);
    if (key === null) throw credentialsWrong();
    return { user: key.user, way: 'access-key' };
  }
  for (const value of cookiesOf(request.headers.cookie ?? '')) {
    const user = identity.session(value);
    if (user !== null) return { user, way: 'session' };
  }
  if (request.headers['user-agent'] !== 'NodeJS-API') return null;
  const uid = await localProgram(request, parts);
  const user = uid === null ? null : identity.sessionOfPeer(uid);
  return user === null ? null : { user, way: 'session' };
}

/** A user, and how they showed who they are. */
export interface Known {
  readonly user: User;
  readonly way: Caller['way'];
}

/** Who has come by a token, as the door found. */
export function knownCaller({ user, project, way }: Caller): Known {
  return { user: { name: user, owner: project, createdAt: '' }, way };
}

/** Users of this dialect have their own project, and nothing else. */
export function callerOf({ user, way }: Known, { socket }: Pick<Request, 'socket'>): Caller {
  return {
    way,
    user: user.name,
    administrator: false,
    roles: new Map([[user.owner, 'admin']]),
    project: user.owner,
    address: addressOf(socket),
  };
}

/**
 * The local user whose program sends the request over loopback; null when it may be a browser, which any web page could
 * have made send it, or comes from elsewhere, also by way of a proxy of this machine that says so.
 */
export async function localProgram(
  { headers, socket }: Pick<Request, 'headers' | 'socket'>,
  { names }: Pick<AuthenticationParts, 'names'>,
): Promise<number | null> {
  return mayBeBrowserOrProxy(headers, headers.host ?? '', names) ? null : localUidOf(socket);
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
