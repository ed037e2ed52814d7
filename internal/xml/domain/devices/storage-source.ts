import { pciAddressElement, pciAddressOf } from '../../pci-address.ts';
import { attribute, child, children, element, type XmlElement } from '../../tree.ts';

/** Where a disk's data comes from. */
export type StorageSource =
  | { readonly type: 'file' | 'block' | 'dir' | 'vhostuser'; readonly path: string }
  | { readonly type: 'volume'; readonly pool: string; readonly volume: string }
  | {
      readonly type: 'network';
      readonly protocol: string;
      readonly name: string | null;
      /** `name:port`, or the path of a socket. */
      readonly hosts: readonly string[];
    }
  | { readonly type: 'nvme'; readonly pciAddress: string; readonly namespace: string | null };

/** One image of a disk's backing chain. */
export interface BackingImage {
  readonly source: StorageSource | null;
  readonly format: string | null;
}

/**
 * The source of a `<disk>`, `<backingStore>` or `<mirror>`; null when it has none (an empty cdrom), or one of a kind
 * that this reader does not know.
 */
export function readStorageSource(holder: XmlElement): StorageSource | null {
  const source = child(holder, 'source');
  if (source === null) return null;
  const type = attribute(holder, 'type') ?? 'file';
  switch (type) {
    case 'file':
      return pathSource(type, attribute(source, 'file'));
    case 'block':
      return pathSource(type, attribute(source, 'dev'));
    case 'dir':
      return pathSource(type, attribute(source, 'dir'));
    case 'vhostuser':
      return pathSource(type, attribute(source, 'path'));
    case 'volume': {
      const [pool, volume] = [attribute(source, 'pool'), attribute(source, 'volume')];
      return pool === null || volume === null ? null : { type, pool, volume };
    }
    case 'network':
      return {
        type,
        protocol: attribute(source, 'protocol') ?? '',
        name: attribute(source, 'name'),
        hosts: children(source, 'host').map(hostOf),
      };
    case 'nvme': {
      const address = child(source, 'address');
      return address === null
        ? null
        : { type, pciAddress: pciAddressOf(address), namespace: attribute(source, 'namespace') };
    }
    default:
      return null;
  }
}

function pathSource(type: 'file' | 'block' | 'dir' | 'vhostuser', path: string | null): StorageSource | null {
  return path === null ? null : { type, path };
}

function hostOf(host: XmlElement): string {
  const [name, port] = [attribute(host, 'name'), attribute(host, 'port')];
  return attribute(host, 'socket') ?? (port === null ? (name ?? '') : `${name ?? ''}:${port}`);
}

/** The images under a disk's top one, nearest first. Ends where libvirt says so, or says nothing. */
export function readBackingChain(holder: XmlElement): readonly BackingImage[] {
  const images: BackingImage[] = [];
  for (
    let store = child(holder, 'backingStore');
    store !== null && child(store, 'source') !== null;
    store = child(store, 'backingStore')
  ) {
    const format = child(store, 'format');
    images.push({
      source: readStorageSource(store),
      format: format === null ? null : attribute(format, 'type'),
    });
  }
  return images;
}

/** Builds the `<source>` of a disk or backing image. */
export function sourceElement(
  source: StorageSource,
  attributes: Readonly<Record<string, string | undefined>> = {},
): XmlElement {
  switch (source.type) {
    case 'file':
      return element('source', { file: source.path, ...attributes });
    case 'block':
      return element('source', { dev: source.path, ...attributes });
    case 'dir':
      return element('source', { dir: source.path, ...attributes });
    case 'vhostuser':
      return element('source', { type: 'unix', path: source.path, ...attributes });
    case 'volume':
      return element('source', { pool: source.pool, volume: source.volume, ...attributes });
    case 'network':
      return element(
        'source',
        { protocol: source.protocol, name: source.name, ...attributes },
        source.hosts.map(hostElement),
      );
    case 'nvme':
      return element(
        'source',
        { type: 'pci', managed: 'yes', namespace: source.namespace, ...attributes },
        pciAddressElement(source.pciAddress),
      );
  }
}

function hostElement(host: string): XmlElement {
  if (host.startsWith('/')) return element('host', { transport: 'unix', socket: host });
  const colon = host.lastIndexOf(':');
  return colon === -1 || host.endsWith(']')
    ? element('host', { name: host })
    : element('host', { name: host.slice(0, colon), port: host.slice(colon + 1) });
}

/** Builds nested `<backingStore>`s, ended by an empty one, which tells libvirt that the chain is complete. */
export function backingChainElement(chain: readonly BackingImage[]): XmlElement {
  return chain.reduceRight<XmlElement>((rest, image) => {
    if (image.source === null) return rest;
    return element('backingStore', { type: image.source.type }, [
      element('format', { type: image.format ?? 'raw' }),
      sourceElement(image.source),
      rest,
    ]);
  }, element('backingStore'));
}
