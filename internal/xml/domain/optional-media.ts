import { attribute, child, path, type XmlElement } from '../tree.ts';

/** A medium without which the domain may start. */
export interface OptionalMedium {
  readonly target: string;
  readonly file: string;
}

/**
 * The files of CD and floppy drives that libvirt leaves out at start when they are absent (`startupPolicy`
 * optional). libvirt does that by itself, each time anew: the drive is empty in that run only, so these are what to
 * report, not what to change.
 */
export function optionalMedia(domain: XmlElement): readonly OptionalMedium[] {
  return path(domain, 'devices', 'disk').flatMap((disk) => {
    const [source, target] = [child(disk, 'source'), child(disk, 'target')];
    const file = source === null ? null : attribute(source, 'file');
    const isRemovable = ['cdrom', 'floppy'].includes(attribute(disk, 'device') ?? '');
    if (source === null || file === null || !isRemovable) return [];
    if (attribute(source, 'startupPolicy') !== 'optional') return [];
    return [{ target: (target === null ? null : attribute(target, 'dev')) ?? '', file }];
  });
}
