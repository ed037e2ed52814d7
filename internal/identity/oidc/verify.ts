import { createHash } from 'node:crypto';
import {
  createLocalJWKSet,
  createRemoteJWKSet,
  errors,
  jwtVerify,
  type JWTPayload,
  type JWTVerifyGetKey,
} from 'jose';
import { ProtiumError } from '../../errors/protium-error.ts';

export interface OidcOptions {
  readonly issuer: string;
  readonly audience: string;
  /** null: found by discovery. */
  readonly jwksUrl: string | null;
  readonly userClaim: string;
  readonly groupsClaim: string;
  readonly adminGroup: string | null;
}

/** Whom a token speaks of, as the issuer knows them. */
export interface OidcIdentity {
  /** Issuer, a space, and the claim's value: what a user is linked with. */
  readonly subject: string;
  /** The claim's value. */
  readonly name: string;
  readonly administrator: boolean;
}

/** Reads tokens of one issuer. */
export interface OidcVerifier {
  /** Rejects with `credentials-wrong`, or `issuer-unavailable` where its keys cannot be had. */
  verify(token: string): Promise<OidcIdentity>;
}

/** Signed by the issuer's private key, each: a secret that both have, or none at all, is no signature here. */
const algorithms = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'];
const clockToleranceSeconds = 60;
const timeoutMs = 5000;
/** For so long an issuer that did not answer is not asked again. */
const patienceMs = 10_000;
/** For so long a token that was right is not checked again, but for its end. */
const trustedMs = 30_000;
const mostTrusted = 1000;

interface Trusted {
  readonly identity: OidcIdentity;
  readonly until: number;
}

/** @param fetchJson for discovery: rejects when it fails */
export function createOidcVerifier(
  options: OidcOptions,
  fetchJson: (url: string) => Promise<unknown> = getJson,
): OidcVerifier {
  const { issuer, audience, userClaim, groupsClaim, adminGroup } = options;
  const trusted = new Map<string, Trusted>();
  let keys: JWTVerifyGetKey | null = null;
  let failure: { readonly error: ProtiumError; readonly until: number } | null = null;

  const keysOf = async (): Promise<JWTVerifyGetKey> => {
    if (keys !== null) return keys;
    if (failure !== null && failure.until > Date.now()) throw failure.error;
    const url = options.jwksUrl ?? (await discover(issuer, fetchJson).catch(noteFailure));
    // Once it has keys, they serve while the issuer is away: it asks again for a key that it does not know, and now and then.
    keys = staleKeys(
      createRemoteJWKSet(new URL(url), { timeoutDuration: timeoutMs, cooldownDuration: 5000 }),
    );
    return keys;
  };

  const noteFailure = (error: unknown): never => {
    const told = asProtiumError(error, issuer);
    failure = { error: told, until: Date.now() + patienceMs };
    throw told;
  };

  return {
    async verify(token) {
      const digest = createHash('sha256').update(token).digest('base64');
      const before = trusted.get(digest);
      if (before !== undefined && before.until > Date.now()) return before.identity;
      trusted.delete(digest);
      let payload: JWTPayload;
      try {
        ({ payload } = await jwtVerify(token, await keysOf(), {
          issuer,
          audience,
          algorithms,
          clockTolerance: clockToleranceSeconds,
          requiredClaims: ['exp', 'sub'],
        }));
      } catch (error) {
        throw asProtiumError(error, issuer);
      }
      const identity = identityOf(payload);
      if (trusted.size >= mostTrusted) trusted.clear();
      const end = ((payload.exp ?? 0) + clockToleranceSeconds) * 1000;
      trusted.set(digest, { identity, until: Math.min(Date.now() + trustedMs, end) });
      return identity;
    },
  };

  function identityOf(payload: JWTPayload): OidcIdentity {
    const name = payload[userClaim];
    if (typeof name !== 'string' || name === '' || name.length > 255 || /\p{Cc}/u.test(name)) {
      throw wrong(`The token has no claim "${userClaim}" that names a user.`);
    }
    const groups = payload[groupsClaim];
    const administrator = adminGroup !== null && Array.isArray(groups) && groups.includes(adminGroup);
    return { subject: `${issuer} ${name}`, name, administrator };
  }
}

/** The last good keys go on where the issuer does not answer any more; it is not asked again at once. */
function staleKeys(remote: ReturnType<typeof createRemoteJWKSet>): JWTVerifyGetKey {
  let askAgainAt = 0;
  return async (header, token) => {
    const known = remote.jwks();
    if (known !== undefined && Date.now() < askAgainAt) return createLocalJWKSet(known)(header, token);
    try {
      return await remote(header, token);
    } catch (error) {
      if (known === undefined || !isUnavailable(error)) throw error;
      askAgainAt = Date.now() + patienceMs;
      return createLocalJWKSet(known)(header, token);
    }
  };
}

async function discover(issuer: string, fetchJson: (url: string) => Promise<unknown>): Promise<string> {
  const url = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
  const { issuer: told, jwks_uri: jwksUri } = ((await fetchJson(url)) ?? {}) as {
    readonly issuer?: unknown;
    readonly jwks_uri?: unknown;
  };
  if (told !== issuer) throw unavailable(issuer, `it calls itself ${JSON.stringify(told)}`);
  if (typeof jwksUri !== 'string' || !URL.canParse(jwksUri)) throw unavailable(issuer, 'it names no keys');
  if (new URL(issuer).protocol === 'https:' && new URL(jwksUri).protocol !== 'https:') {
    throw unavailable(issuer, 'its keys would come without TLS');
  }
  return jwksUri;
}

async function getJson(url: string): Promise<unknown> {
  const response = await fetch(url, { signal: AbortSignal.timeout(timeoutMs), redirect: 'error' });
  if (!response.ok) throw new Error(`${url} answers ${response.status}`);
  return response.json();
}

/** The library's own errors tell of the token; all others of the way to the issuer. */
function isUnavailable(error: unknown): boolean {
  return (
    error instanceof errors.JWKSTimeout ||
    error instanceof errors.JWKSInvalid ||
    !(error instanceof errors.JOSEError) ||
    error.code === 'ERR_JOSE_GENERIC'
  );
}

function asProtiumError(error: unknown, issuer: string): ProtiumError {
  if (error instanceof ProtiumError) return error;
  if (isUnavailable(error)) return unavailable(issuer, (error as Error).message, error);
  if (error instanceof errors.JWTExpired) return wrong('The token has expired.', error);
  if (error instanceof errors.JWTClaimValidationFailed) {
    return wrong(`The token is not for this server: its claim "${error.claim}" is not right.`, error);
  }
  return wrong('The token is wrong, or not signed by the issuer that is trusted.', error);
}

function wrong(message: string, cause?: unknown): ProtiumError {
  return new ProtiumError('credentials-wrong', `${message} Get another one from the issuer.`, { cause });
}

function unavailable(issuer: string, why: string, cause?: unknown): ProtiumError {
  return new ProtiumError(
    'issuer-unavailable',
    `The keys of the issuer ${issuer} cannot be had (${why}). Try again later, or use a token of Protium.`,
    { details: { issuer }, cause },
  );
}
