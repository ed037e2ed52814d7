import { ProtiumError } from '../../errors/protium-error.ts';
import { readToken, type TokenText } from '../../identity/tokens/token-text.ts';

/** What a request brings to show who sends it. */
export type Credentials =
  | { readonly kind: 'none' }
  | { readonly kind: 'token'; readonly token: TokenText }
  /** A JSON Web Token of an OIDC issuer. */
  | { readonly kind: 'oidc'; readonly token: string };

const longest = 16 * 1024;

/**
 * Pure. From all values of the header (or metadata) `authorization`: with several, a proxy may have seen another one than we do.
 *
 * @throws ProtiumError `credentials-wrong` for whatever is there and cannot be read: it is never taken for nothing
 */
export function readCredentials(values: readonly string[]): Credentials {
  const [value, ...more] = values;
  if (value === undefined) return { kind: 'none' };
  if (more.length > 0) throw credentialsWrong('There is more than one Authorization.');
  if (value.length > longest) throw credentialsWrong('The Authorization is too long.');
  const [, text] = /^Bearer +([A-Za-z0-9._~+/-]+=*) *$/i.exec(value) ?? [];
  if (text === undefined) {
    throw credentialsWrong('The Authorization cannot be read; it has the form: Bearer TOKEN.');
  }
  if (!text.startsWith('pt_')) return { kind: 'oidc', token: text };
  const token = readToken(text);
  if (token === null) throw tokenWrong();
  return { kind: 'token', token };
}

export function tokenWrong(): ProtiumError {
  return credentialsWrong('The token is wrong, has expired or was revoked.');
}

export function credentialsWrong(message: string): ProtiumError {
  return new ProtiumError(
    'credentials-wrong',
    `${message} Another one: protium token create --user NAME, as an administrator.`,
  );
}

/** Nobody said who sends the request, and the way that it came does not tell. */
export function unauthenticated(why: string): ProtiumError {
  return new ProtiumError(
    'unauthenticated',
    `${why} Send a token: "Authorization: Bearer pt_...", or PROTIUM_TOKEN for the command line. ` +
      'An administrator makes one: protium token create --user NAME. See docs/access.md.',
  );
}
