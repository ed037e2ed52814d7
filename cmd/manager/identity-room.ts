import { readFileSync } from 'node:fs';
import { createDoor, type Door } from '../../internal/api/door/door.ts';
import { createFailedLogins, type FailedLogins } from '../../internal/api/door/failed-logins.ts';
import type { GrpcDoorOptions } from '../../internal/api/door/grpc-door.ts';
import { readMethods } from '../../internal/api/door/read-methods.ts';
import type { V1Sources } from '../../internal/api/v1/services.ts';
import type { HttpBinding } from '../../internal/api/http/v1/bindings.ts';
import type { Config } from '../../internal/config/config.ts';
import { clientAuthority } from '../../internal/identity/certificates/authority.ts';
import { createCertificates } from '../../internal/identity/certificates/certificates.ts';
import { certificateIntroductions } from '../../internal/identity/certificates/introduce.ts';
import { oidcIntroductions } from '../../internal/identity/oidc/introduce.ts';
import { createOidcVerifier } from '../../internal/identity/oidc/verify.ts';
import { personalRoles, type RolesOf } from '../../internal/identity/roles.ts';
import { followToken, makeFirstToken } from '../../internal/identity/tokens/first-token.ts';
import { createTokens, type Tokens } from '../../internal/identity/tokens/tokens.ts';
import { builtInAdministrator } from '../../internal/identity/users/account.ts';
import { createUsers, type Users } from '../../internal/identity/users/users.ts';
import type { Logger } from '../../internal/observability/log.ts';
import type { Database } from '../../internal/store/database.ts';

export interface IdentityRoom {
  readonly door: Door;
  readonly failedLogins: FailedLogins;
  readonly services: Pick<V1Sources, 'tokens' | 'users' | 'certificates'>;
  /** Authorities (PEM) of the certificates that clients are asked for over TLS. */
  readonly clientAuthorities: readonly string[];
  grpcDoor(bindings: readonly HttpBinding[]): GrpcDoorOptions;
}

/** Wires the room that finds out who sends a request, and makes the first token. */
export async function createIdentityRoom(options: {
  readonly config: Pick<Config, 'stateDirectory' | 'httpNames' | 'http' | 'grpc' | 'access'>;
  readonly database: Database;
  readonly log: Logger;
  /** What a user may do, by project. */
  readonly rolesOf?: RolesOf;
}): Promise<IdentityRoom> {
  const { config, database, log, rolesOf = personalRoles } = options;
  const users = createUsers({ database });
  const tokens = createTokens({ database });
  const { stateDirectory, access } = config;
  const authority = () => clientAuthority(stateDirectory);
  const certificates = createCertificates({ database, authority });
  const hasTls = config.http.tls !== null || config.grpc.tls !== null;
  const ownAuthority = hasTls ? (await authority()).certificate : null;
  const otherAuthority = access.clientCaFile === null ? [] : [readFileSync(access.clientCaFile, 'utf8')];
  const introductions = {
    certificate: certificateIntroductions({ certificates, users, ownAuthority }),
    oidc: access.oidc === null ? null : oidcIntroductions(createOidcVerifier(access.oidc), users),
  };
  const door = createDoor({ tokens, users, introductions, rolesOf, names: config.httpNames });
  const failedLogins = createFailedLogins({ door });
  makeToken(config.stateDirectory, { tokens, users, database, log });
  return {
    door,
    failedLogins,
    services: {
      tokens: { tokens, users, changed: (id, text) => follow(config.stateDirectory, id, text, log) },
      users: { users },
      certificates: { certificates, users },
    },
    clientAuthorities: [...(ownAuthority === null ? [] : [ownAuthority]), ...otherAuthority],
    grpcDoor: (bindings) => ({ door, failedLogins, reads: readMethods(bindings) }),
  };
}

/** What was asked for is done, whatever becomes of the file. */
function follow(directory: string, id: string, text: string | null, log: Logger): void {
  try {
    followToken(directory, id, text);
  } catch (error) {
    log.warn({ err: error }, 'the file of the first token could not be changed with its token');
  }
}

function makeToken(
  directory: string,
  parts: {
    readonly tokens: Tokens;
    readonly users: Users;
    readonly database: Database;
    readonly log: Logger;
  },
): void {
  const { tokens, users, database, log } = parts;
  try {
    const file = makeFirstToken(directory, { tokens, database }, users.get(builtInAdministrator));
    if (file !== null)
      log.info({ file }, 'a token for the administrator was made; only this user can read its file');
  } catch (error) {
    // Local administrators need none.
    log.warn({ err: error }, 'the file with a token for the administrator could not be made');
  }
}
