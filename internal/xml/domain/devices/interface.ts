import { pciAddressElement, pciAddressOf } from '../../pci-address.ts';
import { attribute, child, element, find, type XmlElement } from '../../tree.ts';
import { type Boot, bootElement, readAlias, readBootOrder } from './boot.ts';

/** An `<interface>` as it was read: of the sources, those that its type has. */
export interface Interface {
  readonly type: string;
  readonly network: string | null;
  readonly portgroup: string | null;
  /** The bridge; libvirt fills it in for a network's interface while the domain runs. */
  readonly bridge: string | null;
  /** Host device of a `direct` or `vdpa` interface. */
  readonly device: string | null;
  /** Host PCI device of a `hostdev` interface. */
  readonly pciAddress: string | null;
  /** Socket of a `vhostuser` interface. */
  readonly socketPath: string | null;
  /** Lower case. */
  readonly mac: string | null;
  readonly model: string | null;
  /** Name of the tap device on the host. */
  readonly target: string | null;
  readonly bootOrder: number | null;
  readonly alias: string | null;
  readonly element: XmlElement;
}

export function readInterface(el: XmlElement): Interface {
  const type = attribute(el, 'type') ?? '';
  const of = (name: string, key: string): string | null => {
    const found = child(el, name);
    return found === null ? null : attribute(found, key);
  };
  const address = type === 'hostdev' ? find(el, 'source', 'address') : null;
  return {
    type,
    network: of('source', 'network'),
    portgroup: of('source', 'portgroup'),
    bridge: of('source', 'bridge'),
    device: of('source', 'dev'),
    pciAddress: address === null || attribute(address, 'type') !== 'pci' ? null : pciAddressOf(address),
    socketPath: type === 'vhostuser' ? of('source', 'path') : null,
    mac: of('mac', 'address')?.toLowerCase() ?? null,
    model: of('model', 'type'),
    target: of('target', 'dev'),
    bootOrder: readBootOrder(el),
    alias: readAlias(el),
    element: el,
  };
}

/** What an interface is plugged into. */
type InterfaceSource =
  | { readonly type: 'network'; readonly network: string; readonly portgroup?: string }
  | { readonly type: 'bridge'; readonly bridge: string }
  | {
      readonly type: 'direct';
      readonly device: string;
      readonly mode: 'bridge' | 'vepa' | 'private' | 'passthrough';
    }
  | { readonly type: 'hostdev'; readonly pciAddress: string }
  | { readonly type: 'user' };

/** Average rates in KiB/s (libvirt's unit here). */
interface Bandwidth {
  readonly inboundKiBps?: number;
  readonly outboundKiBps?: number;
}

export interface InterfaceOptions extends Boot {
  readonly source: InterfaceSource;
  /** Default: libvirt makes one up. */
  readonly mac?: string;
  /** Default: `virtio`. */
  readonly model?: string;
  readonly queues?: number;
  readonly mtu?: number;
  readonly bandwidth?: Bandwidth;
  /** Name of a network filter, e.g. `clean-traffic`. */
  readonly filter?: string;
  /** Keeps the guests of one bridge from each other. */
  readonly isolated?: boolean;
  readonly link?: 'up' | 'down';
  readonly address?: XmlElement;
}

/** Builds an `<interface>`. */
export function interfaceElement(nic: InterfaceOptions): XmlElement {
  const { source, bandwidth } = nic;
  return element('interface', { type: source.type, managed: source.type === 'hostdev' ? 'yes' : null }, [
    nic.mac === undefined ? null : element('mac', { address: nic.mac }),
    sourceElement(source),
    source.type === 'hostdev' ? null : element('model', { type: nic.model ?? 'virtio' }),
    nic.queues === undefined ? null : element('driver', { queues: nic.queues }),
    bandwidth === undefined
      ? null
      : element('bandwidth', {}, [
          rateElement('inbound', bandwidth.inboundKiBps),
          rateElement('outbound', bandwidth.outboundKiBps),
        ]),
    nic.filter === undefined ? null : element('filterref', { filter: nic.filter }),
    nic.mtu === undefined ? null : element('mtu', { size: nic.mtu }),
    nic.isolated === true ? element('port', { isolated: 'yes' }) : null,
    nic.link === undefined ? null : element('link', { state: nic.link }),
    bootElement(nic),
    nic.address,
  ]);
}

function sourceElement(source: InterfaceSource): XmlElement | null {
  switch (source.type) {
    case 'network':
      return element('source', { network: source.network, portgroup: source.portgroup });
    case 'bridge':
      return element('source', { bridge: source.bridge });
    case 'direct':
      return element('source', { dev: source.device, mode: source.mode });
    case 'hostdev':
      return element('source', {}, pciAddressElement(source.pciAddress, { type: 'pci' }));
    case 'user':
      return null;
  }
}

function rateElement(name: string, average: number | undefined): XmlElement | null {
  return average === undefined ? null : element(name, { average });
}
