import { isObject, isList, numberOf, own } from './reading.ts';
import { valueAt, type Source } from './sources.ts';
import type { FieldError } from './spec.ts';

/** The empty template that Elemento ships to be filled in: no slots, 2 (GB, once) or less of memory, devices without ids. */
export function blankTemplate(sources: readonly Source[]): FieldError | null {
  const blank = sources.some((source) => {
    const at = (...paths: readonly string[]): unknown =>
      paths.map((path) => valueAt(source, path)).find((value) => value !== undefined);
    const slots = numberOr(at('cpu.slots', 'slots'), 1);
    const memory = numberOr(at('ram.ramsize', 'ramsize', 'mem.capacity', 'mem.capacity_mb'), 3);
    const pci = valueAt(source, 'pci');
    const noIds = isList(pci) && pci.some((device) => isObject(device) && own(device, 'vendor') === '');
    const template = isObject(own(source.value, 'info'));
    return slots === 0 && (memory <= 2 || noIds || template);
  });
  if (!blank) return null;
  return {
    path: '',
    message:
      'This is an empty template, not a config: fill in at least the slots, and the memory (ramsize) in MiB.',
    allowed: 'slots of 1 or more',
  };
}

function numberOr(value: unknown, otherwise: number): number {
  return numberOf((value ?? null) as never) ?? otherwise;
}
