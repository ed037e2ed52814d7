import { attribute, textOf, type XmlElement } from '../tree.ts';
import { bytesPerUnit } from '../units.ts';

/** An element, and the names on the way to it below `<domain>`, itself last. */
export interface Place {
  readonly names: readonly string[];
  readonly element: XmlElement;
}

/** Whether libvirt says with `actual` what was meant with `posted`. */
export function sameAttribute(place: Place, actual: XmlElement, name: string): boolean {
  const [ours, theirs] = [attribute(place.element, name), attribute(actual, name)];
  if (ours === null || theirs === null) return false;
  const key = `${place.names.at(-1) ?? ''}@${name}`;
  if (key === 'cell@memory' || key === 'page@size') {
    return sameSize(ours, attribute(place.element, 'unit'), theirs, attribute(actual, 'unit'));
  }
  if (key === 'type@machine') return sameMachine(ours, theirs);
  if (sets.has(name)) return sameSet(ours, theirs);
  // libvirt rounds video memory up to a power of two.
  if (/^model@(?:ram|vram|vram64|vgamem)$/.test(key)) return Number(theirs) === powerOfTwoFrom(Number(ours));
  return sameText(ours, theirs) || (!texts.has(name) && sameNumber(ours, theirs));
}

/** The same for the text of an element without child elements. */
export function sameElementText(place: Place, actual: XmlElement): boolean {
  const [ours, theirs] = [textOf(place.element), textOf(actual)];
  const name = place.names.at(-1) ?? '';
  if (name === 'uuid') return ours.replace(/[- ]/g, '').toLowerCase() === theirs.replace(/-/g, '');
  const [unit, theirUnit] = [attribute(place.element, 'unit'), attribute(actual, 'unit')];
  if (unit === null && theirUnit === null) return ours === theirs;
  return sameSize(ours, unit ?? defaultUnits.get(name) ?? null, theirs, theirUnit);
}

/** Of the elements whose sizes are not in KiB when no unit is given. */
const defaultUnits: ReadonlyMap<string, string> = new Map([
  ['max_size', 'bytes'],
  ['tseg', 'MiB'],
]);

/** Attributes that hold sets of CPUs or nodes. */
const sets: ReadonlySet<string> = new Set(['cpuset', 'nodeset', 'cpus', 'vcpus']);

/** Attributes whose digits are a name, not a number. */
const texts: ReadonlySet<string> = new Set(
  'name file dev dir path value serial pool volume network bridge portgroup'.split(' '),
);

function sameText(ours: string, theirs: string): boolean {
  return ours === theirs || (macAddress.test(ours) && ours.toLowerCase() === theirs.toLowerCase());
}

const macAddress = /^(?:[0-9a-f]{2}:){5}[0-9a-f]{2}$/i;
const number = /^(?:0x[0-9a-f]+|[0-9]+)$/i;

function sameNumber(ours: string, theirs: string): boolean {
  return number.test(ours) && number.test(theirs) && Number(ours) === Number(theirs);
}

/** Sizes in any units, as libvirt rounds them: up to a KiB. A missing unit is KiB. */
function sameSize(ours: string, ourUnit: string | null, theirs: string, theirUnit: string | null): boolean {
  const [one, other] = [kibibytes(ours, ourUnit), kibibytes(theirs, theirUnit)];
  return one !== null && one === other;
}

function kibibytes(text: string, unit: string | null): bigint | null {
  const factor = bytesPerUnit(unit ?? 'KiB');
  return factor === null || !/^[0-9]+$/.test(text) ? null : (BigInt(text) * factor + 1023n) / 1024n;
}

/** `q35` stands for the newest `pc-q35-...`, as `pc` does for `pc-i440fx-...` and `virt` for `virt-...`. */
function sameMachine(ours: string, theirs: string): boolean {
  const aliases: Readonly<Record<string, string>> = { q35: 'pc-q35', pc: 'pc-i440fx' };
  return ours === theirs || theirs.startsWith(`${aliases[ours] ?? ours}-`);
}

function sameSet(ours: string, theirs: string): boolean {
  const [one, other] = [members(ours), members(theirs)];
  return one !== null && other !== null && one.join() === other.join();
}

/** `0-3,^2,8` → 0, 1, 3, 8; null when it is no set. */
function members(set: string): readonly number[] | null {
  const found = new Set<number>();
  for (const part of set.split(',')) {
    const match = /^\s*(\^?)([0-9]{1,5})(?:-([0-9]{1,5}))?\s*$/.exec(part);
    if (match === null) return null;
    const [, not, first, last] = match;
    for (let one = Number(first); one <= Number(last ?? first); one++) {
      if (not === '^') found.delete(one);
      else found.add(one);
    }
  }
  return [...found].sort((a, b) => a - b);
}

function powerOfTwoFrom(value: number): number {
  return 2 ** Math.ceil(Math.log2(value));
}
