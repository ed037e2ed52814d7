import { element, type XmlElement } from '../../internal/xml/tree.ts';
import { serializeXml } from '../../internal/xml/serialize.ts';
import type { GuestImage } from './guest-image.ts';

export interface GuestDomain {
  readonly name: string;
  /** What it boots from: a disk from `guestDisk`, or the image's kernel, without any disk. */
  readonly boot: { readonly disk: string } | { readonly kernel: GuestImage };
  /** What the guest writes to its first serial port is appended here. */
  readonly serialLog: string;
  /** From `seedIso`: a SATA CD-ROM. From `seedDisk`: a virtio disk. */
  readonly seed?: { readonly file: string; readonly medium: 'cdrom' | 'disk' };
  /** Default: bios. */
  readonly firmware?: 'bios' | 'secure-boot';
  /** Default: 192, or 512 with UEFI. */
  readonly memoryMiB?: number;
}

/** A domain that boots the test guest: emulated, on network `default`, with serial console and agent channel. */
export function guestDomain(options: GuestDomain): string {
  const secureBoot = options.firmware === 'secure-boot';
  const { boot } = options;
  const log = element('log', { file: options.serialLog, append: 'on' });
  return serializeXml(
    element('domain', { type: 'qemu' }, [
      element('name', {}, options.name),
      element('memory', { unit: 'MiB' }, options.memoryMiB ?? (secureBoot ? 512 : 192)),
      element('vcpu', {}, 1),
      element('os', secureBoot ? { firmware: 'efi' } : {}, [
        element('type', { arch: 'x86_64', machine: 'q35' }, 'hvm'),
        secureBoot ? secureFirmware() : null,
        'kernel' in boot ? directBoot(boot.kernel) : null,
      ]),
      element('features', {}, [
        element('acpi'),
        element('apic'),
        secureBoot ? element('smm', { state: 'on' }) : null,
      ]),
      element('on_poweroff', {}, 'destroy'),
      element('on_reboot', {}, 'restart'),
      element('devices', {}, [
        'disk' in boot ? disk(boot.disk, 'qcow2', 'disk', 'vda', [element('boot', { order: 1 })]) : null,
        options.seed === undefined ? null : seedDevice(options.seed),
        element('interface', { type: 'network' }, [
          element('source', { network: 'default' }),
          element('model', { type: 'virtio' }),
        ]),
        element('serial', { type: 'pty' }, [log, element('target', { port: 0 })]),
        element('console', { type: 'pty' }, [log, element('target', { type: 'serial', port: 0 })]),
        element('channel', { type: 'unix' }, [
          element('target', { type: 'virtio', name: 'org.qemu.guest_agent.0' }),
        ]),
        element('video', {}, [element('model', { type: 'vga' })]),
        element('rng', { model: 'virtio' }, [element('backend', { model: 'random' }, '/dev/urandom')]),
      ]),
    ]),
  );
}

function secureFirmware(): readonly XmlElement[] {
  return [
    element('firmware', {}, [
      element('feature', { enabled: 'yes', name: 'enrolled-keys' }),
      element('feature', { enabled: 'yes', name: 'secure-boot' }),
    ]),
    element('loader', { secure: 'yes' }),
  ];
}

function directBoot({ kernel, initrd, commandLine }: GuestImage): readonly XmlElement[] {
  return [element('kernel', {}, kernel), element('initrd', {}, initrd), element('cmdline', {}, commandLine)];
}

function seedDevice({ file, medium }: NonNullable<GuestDomain['seed']>): XmlElement {
  return disk(file, 'raw', medium, medium === 'cdrom' ? 'sda' : 'vdb', [element('readonly')]);
}

function disk(
  file: string,
  format: string,
  device: 'disk' | 'cdrom',
  target: string,
  more: readonly XmlElement[],
): XmlElement {
  return element('disk', { type: 'file', device }, [
    element('driver', { name: 'qemu', type: format }),
    element('source', { file }),
    element('target', { dev: target, bus: target.startsWith('sd') ? 'sata' : 'virtio' }),
    more,
  ]);
}
