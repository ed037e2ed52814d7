import { mapElements, remove, setAttribute } from '../edit.ts';
import { localName } from '../namespaces.ts';
import { attribute, children, type XmlElement } from '../tree.ts';

/** What was changed, in plain words: one sentence for each change. */
export interface SoftwareEmulation {
  readonly document: XmlElement;
  readonly changes: readonly string[];
}

/**
 * Makes a domain that asks for KVM run on a host that has none: QEMU then emulates the processor in software (TCG).
 * Only what libvirt 9.0 and QEMU 7.2 refuse to start without KVM is changed, and what has no effect without it; the
 * machine type never. A domain of another type is returned as it is.
 */
export function useSoftwareEmulation(domain: XmlElement): SoftwareEmulation {
  if (attribute(domain, 'type') !== 'kvm') return { document: domain, changes: [] };
  const changes: string[] = [
    'The host has no usable KVM: the domain type "kvm" became "qemu" (emulation in software, much slower).',
  ];
  const document = mapElements(setAttribute(domain, 'type', 'qemu'), (el, ancestors) => {
    const rule = rules.get([...ancestors.slice(1), el].map(localName).join('/'));
    return rule === undefined ? el : rule(el, (change) => changes.push(change));
  });
  return { document, changes };
}

/** Changes one element; null removes it. */
type Rule = (el: XmlElement, note: (change: string) => void) => XmlElement | null;

/** By the way down from `<domain>`, names without prefixes. */
const rules: ReadonlyMap<string, Rule> = new Map(
  Object.entries<Rule>({
    cpu: emulatedCpu,
    'cpu/feature': (el, note) => {
      const isDemanded = ['require', 'force'].includes(attribute(el, 'policy') ?? 'require');
      if (attribute(el, 'name') !== 'invtsc' || !isDemanded) return el;
      note(
        'The CPU feature "invtsc" was dropped: an emulated processor has no invariant time stamp counter.',
      );
      return null;
    },
    'features/kvm': (_el, note) => {
      note('The features under <kvm> were dropped: they have no effect without KVM.');
      return null;
    },
    'features/hyperv': (_el, note) => {
      note('The Hyper-V enlightenments were dropped: only KVM offers them.');
      return null;
    },
    'features/pvspinlock': (el, note) => {
      if (attribute(el, 'state') === 'off') return el;
      note('The feature <pvspinlock> was dropped: only KVM offers it.');
      return null;
    },
    'devices/iommu/driver': (el, note) => {
      if (attribute(el, 'eim') !== 'on') return el;
      note('The extended interrupt mode (eim) of the IOMMU was dropped: it needs KVM.');
      return setAttribute(el, 'eim', null);
    },
    'commandline/arg': (el, note) => {
      if (!/^--?enable-kvm$/.test(attribute(el, 'value') ?? '')) return el;
      note('The QEMU argument "-enable-kvm" was dropped.');
      return null;
    },
  }),
);

/** `maximum` is all that the emulator can do; it takes no model and no vendor. */
function emulatedCpu(el: XmlElement, note: (change: string) => void): XmlElement {
  const mode = attribute(el, 'mode');
  let cpu = el;
  if (mode === 'host-passthrough' || mode === 'host-model') {
    cpu = setAttribute(cpu, 'mode', 'maximum');
    note(`The CPU mode "${mode}" became "maximum": the host's own processor can only be shown with KVM.`);
    for (const part of children(cpu).filter(({ name }) => name === 'model' || name === 'vendor')) {
      cpu = remove(cpu, part);
      note(`The CPU's <${part.name}> was dropped: mode "maximum" has none.`);
    }
  }
  const check = attribute(cpu, 'check');
  if (check === 'partial' || check === 'full') {
    cpu = setAttribute(cpu, 'check', 'none');
    note(`The CPU check "${check}" became "none": the emulated processor need not match the host's.`);
  }
  return cpu;
}
