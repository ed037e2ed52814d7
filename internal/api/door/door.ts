import type { IncomingHttpHeaders } from 'node:http';
import { userInfo } from 'node:os';
import type { Socket } from 'node:net';
import { ProtiumError } from '../../errors/protium-error.ts';
import { localAdministrator, type Caller } from '../../identity/caller.ts';
import { localUidOf } from '../../identity/local/local-peers.ts';
import { personalRoles, type RolesOf } from '../../identity/roles.ts';
import { narrowed, wholeScope, type TokenScope } from '../../identity/tokens/token-scope.ts';
import type { Tokens } from '../../identity/tokens/tokens.ts';
import type { Account } from '../../identity/users/account.ts';
import type { Users } from '../../identity/users/users.ts';
import { addressOf } from './address.ts';
import { readCredentials, tokenWrong, unauthenticated } from './credentials.ts';
import { mayBeBrowserOrProxy } from './program-marks.ts';

/** A request as the door looks at it, whichever protocol it came by. */
export interface Knock {
  /** All values of `authorization`. */
  readonly authorization: readonly string[];
  readonly headers: IncomingHttpHeaders;
  /** What the request takes this machine for, e.g. `127.0.0.1:9021`; empty: it does not say. */
  readonly host: string;
  readonly socket: Socket;
}

/** Who was let in, and what for: `reads`: nothing may be changed; `metrics`: nothing but metrics. */
export interface Admission {
  readonly caller: Caller;
  readonly use: TokenScope['use'];
}

/** Finds out who sends a request. Nobody is let in whom it does not know. */
export interface Door {
  /**
   * At once where it can, as it nearly always can.
   *
   * @throws ProtiumError `unauthenticated`: nobody said who it is; `credentials-wrong`
   */
  admit(knock: Knock): Admission | Promise<Admission>;
  /** The local user whose program sends it; null: it comes from elsewhere, or may be a browser or a proxy. */
  localProgram(knock: Knock): number | null | Promise<number | null>;
  /** The caller that this user is. */
  callerFor(user: Account, way: Caller['way'], knock: Pick<Knock, 'socket'>): Caller;
}

/** Users that are known by what another party says of them. */
export interface Introductions {
  /** By a JSON Web Token; rejects with `credentials-wrong` or `issuer-unavailable`. null: no issuer is trusted. */
  readonly oidc: ((token: string) => Promise<Account>) | null;
  /** By the certificate of the connection; null: it has none. Throws `credentials-wrong` for one that is not trusted. */
  readonly certificate: (socket: Socket) => Account | null;
}

export interface DoorOptions {
  readonly tokens: Pick<Tokens, 'authenticate'>;
  readonly users: Pick<Users, 'ofLocalUid'>;
  readonly introductions?: Introductions;
  readonly rolesOf?: RolesOf;
  /** Names besides localhost under which loopback is reached; in lower case. */
  readonly names?: readonly string[];
  /** The user that the daemon runs as: an administrator beside root. */
  readonly ownUid?: number | null;
}

const noIntroductions: Introductions = { oidc: null, certificate: () => null };

export function createDoor(options: DoorOptions): Door {
  const { tokens, users, introductions = noIntroductions, rolesOf = personalRoles, names = [] } = options;
  const { ownUid = process.getuid?.() ?? null } = options;
  const ownName = userInfo().username;

  const callerOf = (
    account: Account,
    way: Caller['way'],
    address: string,
    scope: TokenScope = wholeScope,
  ): Caller => {
    const roles = account.administrator ? new Map() : rolesOf(account);
    const rights = narrowed({ administrator: account.administrator, roles }, scope);
    const [first = account.owner] = rights.roles.keys();
    const project = rights.administrator || rights.roles.has(account.owner) ? account.owner : first;
    const readOnly = scope.use === 'reads' ? { readOnly: true } : {};
    return { way, user: account.name, userId: account.owner, ...rights, project, address, ...readOnly };
  };

  const localCaller = (uid: number, address: string): Caller | null => {
    if (uid === 0) return localAdministrator('root', address);
    if (uid === ownUid) return localAdministrator(ownName, address);
    const account = users.ofLocalUid(uid);
    return account === null ? null : callerOf(account, 'local', address);
  };

  const admitted = (caller: Caller): Admission => ({ caller, use: 'everything' });

  const door: Door = {
    admit(knock) {
      const { socket } = knock;
      const credentials = readCredentials(knock.authorization);
      switch (credentials.kind) {
        case 'token': {
          const address = addressOf(socket);
          const token = tokens.authenticate(credentials.token, address);
          if (token === null) throw tokenWrong();
          const { id, user, scope } = token;
          const caller = { ...callerOf(user, 'token', address, scope), credential: id };
          return { caller, use: scope.use };
        }
        case 'oidc': {
          if (introductions.oidc === null) throw tokenWrong();
          return introductions
            .oidc(credentials.token)
            .then((account) => admitted(callerOf(account, 'oidc', addressOf(socket))));
        }
        case 'none': {
          const account = introductions.certificate(socket);
          if (account !== null) return admitted(callerOf(account, 'certificate', addressOf(socket)));
          const uid = door.localProgram(knock);
          const enter = (found: number | null): Admission => {
            const caller = found === null ? null : localCaller(found, addressOf(socket));
            if (caller !== null) return admitted(caller);
            throw unauthenticated(
              found === null
                ? 'Protium does not know who sends this.'
                : `The local user ${found} is no user of Protium (an administrator can change that: protium user create NAME --local-user ${found}).`,
            );
          };
          return uid instanceof Promise ? uid.then(enter) : enter(uid);
        }
      }
    },
    localProgram: ({ headers, host, socket }) =>
      mayBeBrowserOrProxy(headers, host, names) ? null : localUidOf(socket),
    callerFor: (user, way, { socket }) => callerOf(user, way, addressOf(socket)),
  };
  return door;
}

/** Whether what was admitted may also change things, where the request does. */
export function requireUse({ use }: Admission, reads: boolean): void {
  if (use === 'everything' || (use === 'reads' && reads)) return;
  throw new ProtiumError(
    'access-denied',
    use === 'metrics'
      ? 'This token is for /metrics only.'
      : 'This token is for reading only: nothing can be changed with it.',
  );
}
