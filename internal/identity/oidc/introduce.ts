import { createHash } from 'node:crypto';
import { ProtiumError } from '../../errors/protium-error.ts';
import type { Account } from '../users/account.ts';
import type { Users } from '../users/users.ts';
import type { OidcIdentity, OidcVerifier } from './verify.ts';

/**
 * The user of a token: who is linked with what the issuer calls them. At the first time that is a new user, whose name nobody
 * else has: an issuer cannot take over a user that is known otherwise by giving somebody the same name.
 */
export function oidcIntroductions(
  verifier: OidcVerifier,
  users: Pick<Users, 'ofOidcSubject' | 'create' | 'find'>,
): (token: string) => Promise<Account> {
  return async (token) => {
    const identity = await verifier.verify(token);
    const account = users.ofOidcSubject(identity.subject) ?? introduce(identity, users);
    // Lasts as long as the issuer says so: it is not written down.
    return { ...account, administrator: account.administrator || identity.administrator };
  };
}

function introduce(
  { name, subject }: OidcIdentity,
  users: Pick<Users, 'ofOidcSubject' | 'create' | 'find'>,
): Account {
  const free = userNames(name, subject).find((each) => users.find(each) === undefined);
  if (free === undefined) {
    throw new ProtiumError(
      'access-denied',
      `Every name for "${name}" is taken. An administrator can link a user: protium user update NAME --oidc "${subject}"`,
    );
  }
  return users.create(
    { name: free, owner: null, administrator: false, localUids: [], oidcSubjects: [subject] },
    { validateOnly: false },
  );
}

/** Pure. `Anna@Example.org` → `anna-example.org`, and one that nobody else comes to. */
export function userNames(name: string, subject: string): readonly string[] {
  const plain = name
    .toLowerCase()
    .replaceAll(/[^a-z0-9.-]+/g, '-')
    .replaceAll(/^[^a-z0-9]+|[^a-z0-9]+$/g, '');
  const mark = createHash('sha256').update(subject).digest('hex').slice(0, 12);
  const base = plain.slice(0, 50) === '' ? 'user' : plain.slice(0, 50);
  return plain !== '' && plain.length <= 63 ? [plain, `${base}-${mark}`] : [`${base}-${mark}`];
}
