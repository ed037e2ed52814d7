import { attribute, child, children, type XmlElement } from '../xml/tree.ts';

/** The highest CPU of the host that a `<domain>` is tied to; null: it is tied to none. Pure. */
export function highestCpuOf(domain: XmlElement): number | null {
  const vcpu = child(domain, 'vcpu');
  const tuned = child(domain, 'cputune');
  const sets = [...(vcpu === null ? [] : [vcpu]), ...(tuned === null ? [] : children(tuned))].flatMap(
    (el) => attribute(el, 'cpuset') ?? [],
  );
  const cpus = sets
    .flatMap((set) => set.split(','))
    .filter((part) => !part.startsWith('^'))
    .flatMap((part) => part.split('-').map(Number))
    .filter((cpu) => Number.isInteger(cpu));
  return cpus.length === 0 ? null : Math.max(...cpus);
}
