import { child, element, type XmlElement } from '../../tree.ts';
import { integerAttribute } from '../../values.ts';

/** A device's place in the boot order, from 1; excludes `<boot dev=>` in `<os>`. */
export interface Boot {
  readonly bootOrder?: number;
}

export function bootElement({ bootOrder }: Boot): XmlElement | null {
  return bootOrder === undefined ? null : element('boot', { order: bootOrder });
}

export function readBootOrder(device: XmlElement): number | null {
  const boot = child(device, 'boot');
  return boot === null ? null : integerAttribute(boot, 'order');
}

/** The name that libvirt gave a device of a domain that runs, e.g. `net0`. */
export function readAlias(device: XmlElement): string | null {
  const alias = child(device, 'alias');
  return alias?.attributes.find(({ name }) => name === 'name')?.value ?? null;
}
