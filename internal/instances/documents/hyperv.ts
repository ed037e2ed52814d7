import type { FeaturesOptions } from '../../xml/domain/features.ts';

type Hyperv = NonNullable<FeaturesOptions['hyperv']>;

/** Enlightenments that suit every Windows, by libvirt's names. */
const wanted = [
  'relaxed',
  'vapic',
  'vpindex',
  'runtime',
  'synic',
  'stimer',
  'frequencies',
  'reenlightenment',
  'tlbflush',
  'ipi',
] as const;

/**
 * The enlightenments that the host offers. Some need others: synic vpindex, stimer synic, tlbflush and ipi vpindex.
 *
 * @param disguise another vendor's name, which NVIDIA's older drivers do not mind
 */
export function hypervOptions(
  offered: readonly string[],
  { windows, disguise }: { readonly windows: boolean; readonly disguise: boolean },
): Hyperv | null {
  const has = (name: string): boolean => offered.includes(name);
  const needs: Readonly<Record<string, readonly string[]>> = {
    synic: ['vpindex'],
    stimer: ['vpindex', 'synic'],
    tlbflush: ['vpindex'],
    ipi: ['vpindex'],
  };
  const on = windows ? wanted.filter((name) => has(name) && (needs[name] ?? []).every(has)) : [];
  const hyperv: Hyperv = {
    ...Object.fromEntries(on.map((name) => [name, true])),
    ...(windows && has('spinlocks') ? { spinlocks: 8191 } : {}),
    ...(disguise && has('vendor_id') ? { vendorId: 'protium' } : {}),
  };
  return Object.keys(hyperv).length === 0 ? null : hyperv;
}
