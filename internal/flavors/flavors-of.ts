import type { HostFacts } from '../host/facts.ts';
import { cardFlavors } from './card-flavors.ts';
import type { Flavor } from './flavor.ts';
import { hostRoom } from './host-room.ts';
import type { FlavorSettings } from './settings.ts';

/** What of a size without devices stays the same on every host: those that do not fit are left out. */
const sizes: readonly (readonly [name: string, vcpus: number, memoryMib: number, rootStorageGib: number])[] =
  [
    ['tiny', 1, 512, 10],
    ['small', 1, 2048, 20],
    ['medium', 2, 4096, 40],
    ['large', 4, 8192, 80],
    ['xlarge', 8, 16_384, 160],
    ['2xlarge', 16, 32_768, 320],
    ['4xlarge', 32, 65_536, 640],
    ['8xlarge', 64, 131_072, 1000],
  ];
const leastMemoryMib = 256;

/**
 * The flavors of a host: sizes without devices as far as it can give them, one for each model of graphics card that it can
 * give, and what the settings add; then what the settings say of each. Pure. No two have the same name.
 */
export function flavorsOf(facts: HostFacts, settings: FlavorSettings): readonly Flavor[] {
  const room = hostRoom(facts);
  const plain = sizes
    .filter(([, vcpus, memoryMib]) => vcpus <= room.threads && memoryMib <= room.memoryMib)
    .map(([size, vcpus, memoryMib, rootStorageGib]): Flavor => ({
      id: `c1.${size}`,
      name: `c1.${size}`,
      vcpus,
      memoryMib,
      rootStorageGib,
      devices: [],
      deviceDescription: '-',
      pricePerHour: 0,
      limited: false,
    }));
  const cards = cardFlavors(facts, room).filter(
    ({ vcpus, memoryMib }) => vcpus > 0 && memoryMib >= leastMemoryMib,
  );
  const added = settings.add.map((flavor): Flavor => ({ ...flavor, id: flavor.name }));
  const own = new Set(added.map(({ name }) => name));
  const computed = [...plain, ...cards].filter(({ name }) => !own.has(name));
  return [...computed, ...added].flatMap((flavor) => {
    const { hidden = false, ...changes } = settings.override[flavor.name] ?? {};
    return hidden ? [] : [{ ...flavor, ...changes }];
  });
}
