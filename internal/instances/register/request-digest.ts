import { createHmac } from 'node:crypto';
import { specfileOf } from '../../spec/specfile.ts';
import type { RegisterRequest } from '../instance.ts';

/**
 * By which the same request is known again: of all that it asks for, secrets included. It is kept with the domain, where
 * others read it; so it is keyed, lest a weak password be guessed from it.
 */
export function requestDigest(
  key: Uint8Array,
  { owner, name, spec, subscription, lease, floatingAddress = false }: RegisterRequest,
): string {
  const asked = JSON.stringify([
    owner,
    name,
    specfileOf(spec, { secrets: true }),
    ...(subscription === undefined ? [] : [subscription]),
    ...(lease === undefined ? [] : [{ lease }]),
    ...(floatingAddress ? [{ floatingAddress }] : []),
  ]);
  return createHmac('sha256', key).update(asked).digest('base64url');
}
