import type { HostFacts } from '../host/facts.ts';
import type { DeviceCondition } from './claim.ts';

/**
 * Devices that a project may not have, as placement is told of them. Pure.
 *
 * @param allowed addresses and classes (`10de:2489`); null: all
 */
export function withheldDevices(
  { pci }: Pick<HostFacts, 'pci'>,
  allowed: readonly string[] | null,
): readonly DeviceCondition[] {
  if (allowed === null) return [];
  const names = new Set(allowed);
  // What only comes along in the slot or group of one that is allowed is judged as ever.
  const slots = new Set(
    pci.flatMap(({ address, vendor, model }) =>
      names.has(address) || names.has(`${vendor}:${model}`) ? slotOf(address) : [],
    ),
  );
  return pci
    .filter(({ address }) => !slots.has(slotOf(address)))
    .map(({ address }) => ({
      address,
      condition: 'withheld',
      reason: 'it is not on the list of devices that the project may have',
      since: '',
    }));
}

function slotOf(address: string): string {
  return address.slice(0, address.lastIndexOf('.'));
}
