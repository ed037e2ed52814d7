import { ProtiumError } from '../errors/protium-error.ts';
import type { FloatingAddresses } from './floating-address.ts';

/**
 * Binds an address that leads to the instance now.
 *
 * @throws ProtiumError as `associate`; `host-incapable` where this host cannot make an address lead anywhere
 */
export async function bindOrFail(
  addresses: Pick<FloatingAddresses, 'associate'>,
  instance: string,
  owner: string,
): Promise<void> {
  const { state, problem } = await addresses.associate(instance, owner);
  if (state !== 'failed') return;
  throw new ProtiumError('host-incapable', `No floating address can lead to it: ${problem ?? 'unknown'}`);
}
