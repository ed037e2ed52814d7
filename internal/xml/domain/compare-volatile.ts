import { attribute, child, childText, type XmlElement } from '../tree.ts';
import type { Place } from './compare-values.ts';

/**
 * What a document says and libvirt does not keep: ids and names that it gives anew at each start. A document that was
 * once dumped from a running domain has them.
 */
export function isVolatileElement({ names, element }: Place, parent: XmlElement): boolean {
  const place = names.join('/');
  if (names[0] === 'metadata') return true;
  switch (names.at(-1)) {
    case 'alias':
    case 'privateData':
    case 'mirror':
      return true;
    case 'backingStore':
      return element.children.length === 0;
    case 'seclabel':
      return attribute(element, 'type') === 'dynamic';
    default:
  }
  switch (place) {
    case 'resource':
      return childText(element, 'partition') === '/machine';
    case 'devices/interface/target':
      return /^(?:vnet|vif|macvtap|macvlan)[0-9]+$/.test(attribute(element, 'dev') ?? '');
    case 'devices/serial/source':
    case 'devices/console/source':
    case 'devices/parallel/source':
    case 'devices/channel/source':
      return (
        attribute(parent, 'type') === 'pty' ||
        /^\/(?:var\/lib|run)\/libvirt\//.test(attribute(element, 'path') ?? '')
      );
    default:
      return false;
  }
}

export function isVolatileAttribute({ names, element }: Place, name: string, parent: XmlElement): boolean {
  const place = names.join('/');
  // A unit is compared together with its number.
  if (name === 'unit' || name === 'xmlns' || name.startsWith('xmlns:')) return true;
  switch (place) {
    case '':
      return name === 'id';
    case 'devices/graphics':
      return ['port', 'tlsPort', 'websocket', 'autoport'].includes(name) && choosesPort(element);
    case 'devices/interface/source':
      return name === 'portid' || (name === 'bridge' && attribute(parent, 'type') === 'network');
    case 'devices/console':
      return name === 'tty';
    case 'devices/channel/target':
      return name === 'state';
    default:
      return name === 'index' && ['source', 'backingStore'].includes(names.at(-1) ?? '');
  }
}

/** Whether the port is left to libvirt. */
function choosesPort(graphics: XmlElement): boolean {
  return attribute(graphics, 'autoport') === 'yes' || attribute(graphics, 'port') === '-1';
}

/** By what an element of a list is known; null when only its content tells. */
export function keyOf({ names, element }: Place): string | null {
  const of = (name: string, key: string): string | null => {
    const found = child(element, name);
    return found === null ? null : attribute(found, key);
  };
  switch (names.join('/')) {
    case 'devices/disk':
      return of('target', 'dev');
    case 'devices/interface':
      return of('mac', 'address')?.toLowerCase() ?? null;
    case 'devices/graphics':
      return attribute(element, 'type');
    case 'clock/timer':
    case 'cpu/feature':
      return attribute(element, 'name');
    case 'cpu/numa/cell':
      return attribute(element, 'id');
    case 'cputune/vcpupin':
      return attribute(element, 'vcpu');
    default:
      return null;
  }
}
