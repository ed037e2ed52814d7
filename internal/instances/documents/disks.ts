import type { VolumePlan } from '../../placement/plan.ts';
import type { ControllerOptions } from '../../xml/domain/devices/controller.ts';
import type { DiskOptions } from '../../xml/domain/devices/disk.ts';
import { letters } from '../attachments/target-name.ts';
import { diskSerial } from './names.ts';

/** A volume of the plan that is there by now. */
export interface InstanceVolume {
  /** Dashed uuid. */
  readonly id: string;
  readonly path: string;
  readonly format: 'qcow2' | 'raw';
  readonly plan: Pick<VolumePlan, 'device' | 'bus' | 'readonly' | 'bootOrder'>;
}

const prefixes: Readonly<Record<VolumePlan['bus'], string>> = {
  virtio: 'vd',
  sata: 'sd',
  scsi: 'sd',
  ide: 'hd',
};

/**
 * The disks, and such media as there are (a seed, drivers for Windows), each with a name of its own (`vda`, `sda` ...). Files are
 * named by path, not by pool and volume: AppArmor's helper of older libvirt cannot find those.
 */
export function diskOptions(
  volumes: readonly InstanceVolume[],
  media: readonly (string | null)[],
): readonly DiskOptions[] {
  const counts = new Map<string, number>();
  const target = (prefix: string): string => {
    const count = counts.get(prefix) ?? 0;
    counts.set(prefix, count + 1);
    return prefix + letters(count);
  };
  const disks = volumes.map(({ id, path, format, plan }): DiskOptions => {
    // q35 has no IDE: its SATA ports serve those disks.
    const bus = plan.bus === 'ide' ? 'sata' : plan.bus;
    const boot = plan.bootOrder === null ? {} : { bootOrder: plan.bootOrder };
    if (plan.device === 'cdrom') return { ...drive(path, target(prefixes.sata)), ...boot };
    return {
      source: { type: 'file', path },
      format,
      target: target(prefixes[bus]),
      bus,
      discard: 'unmap',
      readOnly: plan.readonly,
      serial: diskSerial(id),
      ...boot,
    };
  });
  const drives = media.flatMap((path) => (path === null ? [] : [drive(path, target(prefixes.sata))]));
  return [...disks, ...drives];
}

function drive(path: string, target: string): DiskOptions {
  return { device: 'cdrom', source: { type: 'file', path }, format: 'raw', target, bus: 'sata' };
}

/** libvirt's own choice for SCSI disks is an LSI card of 1993, for which today's systems have no driver. */
export function diskControllers(volumes: readonly InstanceVolume[]): readonly ControllerOptions[] {
  const scsi = volumes.some(({ plan }) => plan.bus === 'scsi');
  return scsi ? [{ type: 'scsi', index: 0, model: 'virtio-scsi' }] : [];
}
