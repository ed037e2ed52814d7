import { ProtiumError } from '../../errors/protium-error.ts';
import { mapElements } from '../../xml/edit.ts';
import { attribute, child, path, type XmlElement } from '../../xml/tree.ts';
import { integerAttribute } from '../../xml/values.ts';

/** How many more PCI devices can be plugged into a VM that runs; null: its machine has no ports that run out. Pure. */
export function freePorts(running: XmlElement): number | null {
  const ports = path(running, 'devices', 'controller').filter(
    (controller) => attribute(controller, 'model') === 'pcie-root-port',
  );
  if (ports.length === 0) return null;
  const used = new Set<number>();
  mapElements(running, (el) => {
    if (el.name === 'address' && attribute(el, 'type') === 'pci') used.add(integerAttribute(el, 'bus') ?? 0);
    return el;
  });
  return ports.filter((port) => !used.has(integerAttribute(port, 'index') ?? -1)).length;
}

/** @throws ProtiumError `state-conflict` */
export function requirePorts(running: XmlElement | null, wanted: number): void {
  const free = running === null ? null : freePorts(running);
  if (free === null || free >= wanted) return;
  throw new ProtiumError(
    'state-conflict',
    `It has ${free} free ports for PCI devices, and ${wanted} are needed: detach something, or attach it while the VM is off.`,
    { details: { free, wanted } },
  );
}

/** Whether a document has a controller of that type. */
export function hasController(domain: XmlElement, type: string): boolean {
  const devices = child(domain, 'devices');
  return devices !== null && path(devices, 'controller').some((each) => attribute(each, 'type') === type);
}
