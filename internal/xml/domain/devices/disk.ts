import { attribute, child, childText, element, optionalElement, type XmlElement } from '../../tree.ts';

import { type Boot, bootElement, readAlias, readBootOrder } from './boot.ts';
import {
  type BackingImage,
  backingChainElement,
  readBackingChain,
  readStorageSource,
  sourceElement,
  type StorageSource,
} from './storage-source.ts';

/** A `<disk>` as it was read. */
export interface Disk {
  readonly device: string;
  /** null: empty, or of a kind that storage-source.ts does not know; `element` has it. */
  readonly source: StorageSource | null;
  /** `type` as written, e.g. `file`. */
  readonly type: string;
  readonly format: string | null;
  readonly target: string;
  readonly bus: string | null;
  readonly readOnly: boolean;
  readonly bootOrder: number | null;
  readonly startupPolicy: string | null;
  readonly serial: string | null;
  readonly alias: string | null;
  /** The images below the source, nearest first. */
  readonly backingChain: readonly BackingImage[];
  readonly element: XmlElement;
}

export function readDisk(el: XmlElement): Disk {
  const driver = child(el, 'driver');
  const source = child(el, 'source');
  const target = child(el, 'target');
  const device = attribute(el, 'device') ?? 'disk';
  return {
    device,
    source: readStorageSource(el),
    type: attribute(el, 'type') ?? 'file',
    format: driver === null ? null : attribute(driver, 'type'),
    target: (target === null ? null : attribute(target, 'dev')) ?? '',
    bus: target === null ? null : attribute(target, 'bus'),
    readOnly: device === 'cdrom' || child(el, 'readonly') !== null,
    bootOrder: readBootOrder(el),
    startupPolicy: source === null ? null : attribute(source, 'startupPolicy'),
    serial: childText(el, 'serial'),
    alias: readAlias(el),
    backingChain: readBackingChain(el),
    element: el,
  };
}

/** A limit on a disk's traffic; total excludes read and write of the same kind. */
interface DiskLimits {
  readonly totalBytesPerSecond?: number;
  readonly readBytesPerSecond?: number;
  readonly writeBytesPerSecond?: number;
  readonly totalOperationsPerSecond?: number;
  readonly readOperationsPerSecond?: number;
  readonly writeOperationsPerSecond?: number;
}

export interface DiskOptions extends Boot {
  /** Default: `disk`. */
  readonly device?: 'disk' | 'cdrom' | 'floppy' | 'lun';
  /** null: an empty cdrom or floppy drive. */
  readonly source: StorageSource | null;
  /** Format of the image. libvirt never guesses it: a guessed format lets a guest write itself a backing file. */
  readonly format?: string;
  /** Name in the guest's order, e.g. `vda`. */
  readonly target: string;
  readonly bus: 'virtio' | 'sata' | 'scsi' | 'usb' | 'ide' | 'fdc';
  readonly cache?: 'none' | 'writeback' | 'writethrough' | 'directsync' | 'unsafe';
  readonly io?: 'native' | 'threads' | 'io_uring';
  readonly discard?: 'unmap' | 'ignore';
  readonly detectZeroes?: 'off' | 'on' | 'unmap';
  readonly errorPolicy?: 'stop' | 'report' | 'ignore' | 'enospace';
  readonly iothread?: number;
  readonly queues?: number;
  /** Default: true for a cdrom. */
  readonly readOnly?: boolean;
  readonly shareable?: boolean;
  /** What to do when the file is absent at start. Default: mandatory, by libvirt. */
  readonly startupPolicy?: 'mandatory' | 'requisite' | 'optional';
  readonly serial?: string;
  readonly limits?: DiskLimits;
  /** The whole chain below the source, nearest first; libvirt then does not probe for more. */
  readonly backingChain?: readonly BackingImage[];
  /** An address element, where the guest must find the disk at a given place. */
  readonly address?: XmlElement;
}

/** Builds a `<disk>`. */
export function diskElement(disk: DiskOptions): XmlElement {
  const device = disk.device ?? 'disk';
  const readOnly = disk.readOnly ?? device === 'cdrom';
  return element('disk', { type: disk.source?.type ?? 'file', device }, [
    disk.format === undefined
      ? null
      : element('driver', {
          name: 'qemu',
          type: disk.format,
          cache: disk.cache,
          io: disk.io,
          error_policy: disk.errorPolicy,
          discard: disk.discard,
          detect_zeroes: disk.detectZeroes,
          iothread: disk.iothread,
          queues: disk.queues,
        }),
    disk.source === null ? null : sourceElement(disk.source, { startupPolicy: disk.startupPolicy }),
    disk.backingChain === undefined ? null : backingChainElement(disk.backingChain),
    element('target', { dev: disk.target, bus: disk.bus }),
    disk.limits === undefined ? null : limitsElement(disk.limits),
    readOnly ? element('readonly') : null,
    disk.shareable === true ? element('shareable') : null,
    optionalElement('serial', disk.serial),
    bootElement(disk),
    disk.address,
  ]);
}

function limitsElement(limits: DiskLimits): XmlElement {
  return element('iotune', {}, [
    optionalElement('total_bytes_sec', limits.totalBytesPerSecond),
    optionalElement('read_bytes_sec', limits.readBytesPerSecond),
    optionalElement('write_bytes_sec', limits.writeBytesPerSecond),
    optionalElement('total_iops_sec', limits.totalOperationsPerSecond),
    optionalElement('read_iops_sec', limits.readOperationsPerSecond),
    optionalElement('write_iops_sec', limits.writeOperationsPerSecond),
  ]);
}
