import { malformed } from './malformed.ts';
import { attribute, textOf, type XmlElement } from './tree.ts';

const exponents = 'kmgtpe';

/** Bytes per unit by libvirt's rule (virScaleInteger): `k`, `KiB` are 1024, `KB` is 1000, in any letter case. */
export function bytesPerUnit(unit: string): bigint | null {
  const name = unit.toLowerCase();
  if (name === 'b' || name === 'byte' || name === 'bytes') return 1n;
  const exponent = BigInt(exponents.indexOf(name.slice(0, 1)) + 1);
  if (name === '' || exponent === 0n) return null;
  const suffix = name.slice(1);
  if (suffix === '' || suffix === 'ib') return 1024n ** exponent;
  return suffix === 'b' ? 1000n ** exponent : null;
}

/**
 * The size that an element with a `unit` attribute gives, in bytes.
 *
 * @param defaultUnit what libvirt takes where no unit is given: KiB for memory, bytes for volumes.
 */
export function bytesOf(el: XmlElement, defaultUnit: string): bigint {
  const text = textOf(el);
  const unit = attribute(el, 'unit') ?? defaultUnit;
  const factor = bytesPerUnit(unit);
  if (factor === null) {
    throw malformed(`<${el.name}> has the unknown unit "${unit}"; use for example KiB, MiB or GiB.`, {
      unit,
    });
  }
  if (!/^[0-9]+$/.test(text)) {
    throw malformed(`<${el.name}> must hold a whole number, but holds "${text}".`, { value: text });
  }
  return BigInt(text) * factor;
}

/** The same in KiB, rounded up as libvirt does for memory. */
export function kibOf(el: XmlElement): number {
  return Number((bytesOf(el, 'KiB') + 1023n) / 1024n);
}
