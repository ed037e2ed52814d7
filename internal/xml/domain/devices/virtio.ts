import { element, type XmlElement } from '../../tree.ts';

/** Entropy for the guest. */
export interface RngOptions {
  /** Default: `/dev/urandom`. */
  readonly source?: string;
  /** At most so many bytes in each period. */
  readonly rate?: { readonly bytes: number; readonly periodMs: number };
}

export function rngElement({ source, rate }: RngOptions): XmlElement {
  return element('rng', { model: 'virtio' }, [
    rate === undefined ? null : element('rate', { bytes: rate.bytes, period: rate.periodMs }),
    element('backend', { model: 'random' }, source ?? '/dev/urandom'),
  ]);
}

/** The balloon, by which the guest reports its memory and gives it back. */
export interface BalloonOptions {
  /** How often the guest reports its memory. */
  readonly statsPeriodSeconds?: number;
  readonly freePageReporting?: boolean;
}

/** `null`: no balloon, which a guest with passed-through devices cannot use (its memory is pinned). */
export function balloonElement(balloon: BalloonOptions | null): XmlElement {
  if (balloon === null) return element('memballoon', { model: 'none' });
  const { statsPeriodSeconds: period, freePageReporting } = balloon;
  return element(
    'memballoon',
    {
      model: 'virtio',
      freePageReporting: freePageReporting === undefined ? null : freePageReporting ? 'on' : 'off',
    },
    period === undefined ? null : element('stats', { period }),
  );
}

/** A directory of the host in the guest. `virtiofs` needs shared memory backing. */
export interface FilesystemOptions {
  readonly driver: 'virtiofs' | '9p';
  readonly sourceDirectory: string;
  /** The tag that the guest mounts. */
  readonly tag: string;
  readonly readOnly?: boolean;
}

export function filesystemElement(filesystem: FilesystemOptions): XmlElement {
  return element(
    'filesystem',
    { type: 'mount', accessmode: filesystem.driver === '9p' ? 'mapped' : 'passthrough' },
    [
      element('driver', { type: filesystem.driver === '9p' ? 'path' : 'virtiofs' }),
      element('source', { dir: filesystem.sourceDirectory }),
      element('target', { dir: filesystem.tag }),
      filesystem.readOnly === true ? element('readonly') : null,
    ],
  );
}

/** A virtio socket; without a number libvirt chooses one at start. */
export function vsockElement(cid?: number): XmlElement {
  return element(
    'vsock',
    { model: 'virtio' },
    element('cid', cid === undefined ? { auto: 'yes' } : { auto: 'no', address: cid }),
  );
}
