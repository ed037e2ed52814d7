import {
  attribute,
  child,
  childText,
  children,
  element,
  optionalElement,
  textOf,
  type XmlElement,
} from '../tree.ts';
import { switchAttribute } from '../values.ts';

/** `<os>` as it was read: how the guest boots. */
export interface OperatingSystemBooting {
  /** `hvm`, `linux`, `exe` ... */
  readonly type: string | null;
  readonly arch: string | null;
  readonly machine: string | null;
  /** The firmware that libvirt is to choose; null: libvirt's default, or the loader named below. */
  readonly firmware: string | null;
  readonly secureBoot: boolean | null;
  readonly loader: {
    readonly path: string | null;
    readonly type: string | null;
    readonly readOnly: boolean | null;
    readonly secure: boolean | null;
  } | null;
  readonly nvram: { readonly path: string | null; readonly template: string | null } | null;
  readonly kernel: string | null;
  readonly initrd: string | null;
  readonly commandLine: string | null;
  readonly dtb: string | null;
  /** `<boot dev=>` in order; empty when devices have their own order. */
  readonly boot: readonly string[];
  readonly bootMenu: boolean | null;
}

export function readOs(domain: XmlElement): OperatingSystemBooting {
  const os = child(domain, 'os') ?? element('os');
  const [type, loader, nvram] = [child(os, 'type'), child(os, 'loader'), child(os, 'nvram')];
  const features = children(child(os, 'firmware') ?? element('firmware'), 'feature');
  const secureBoot = features.find((feature) => attribute(feature, 'name') === 'secure-boot');
  const source = nvram === null ? null : child(nvram, 'source');
  return {
    type: type === null ? null : textOf(type),
    arch: type === null ? null : attribute(type, 'arch'),
    machine: type === null ? null : attribute(type, 'machine'),
    firmware: attribute(os, 'firmware'),
    secureBoot: switchAttribute(secureBoot ?? null, 'enabled'),
    loader:
      loader === null
        ? null
        : {
            path: textOf(loader) || null,
            type: attribute(loader, 'type'),
            readOnly: switchAttribute(loader, 'readonly'),
            secure: switchAttribute(loader, 'secure'),
          },
    nvram:
      nvram === null
        ? null
        : {
            path: (textOf(nvram) || null) ?? (source === null ? null : attribute(source, 'file')),
            template: attribute(nvram, 'template'),
          },
    kernel: childText(os, 'kernel'),
    initrd: childText(os, 'initrd'),
    commandLine: childText(os, 'cmdline'),
    dtb: childText(os, 'dtb'),
    boot: children(os, 'boot').flatMap((boot) => attribute(boot, 'dev') ?? []),
    bootMenu: switchAttribute(child(os, 'bootmenu'), 'enable'),
  };
}

/**
 * The firmware to boot with. `efi`: libvirt chooses a build that has what is asked; `loader`: these very files.
 */
type FirmwareOptions =
  | { readonly type: 'bios' }
  | {
      readonly type: 'efi';
      /** Default: libvirt's choice. True needs `smm` among the features; enrolled keys then are Microsoft's. */
      readonly secureBoot?: boolean;
      readonly enrolledKeys?: boolean;
      /** Where the guest's variables are kept. Default: libvirt's own place, by the domain's name. */
      readonly nvram?: string;
    }
  | {
      readonly type: 'loader';
      readonly path: string;
      readonly secure?: boolean;
      readonly nvram: { readonly path?: string; readonly template?: string };
    };

export interface OsOptions {
  /** Default: `x86_64`. */
  readonly arch?: string;
  /** Default: `q35`, which libvirt turns into the newest version that the emulator has. */
  readonly machine?: string;
  /** Default: bios. */
  readonly firmware?: FirmwareOptions;
  /** Boot devices by kind; leave out when devices have a boot order. */
  readonly boot?: readonly ('hd' | 'cdrom' | 'network' | 'fd')[];
  readonly bootMenu?: { readonly timeoutMs?: number };
  /** Boots a kernel of the host. */
  readonly direct?: { readonly kernel: string; readonly initrd?: string; readonly commandLine?: string };
  readonly smbios?: 'emulate' | 'host' | 'sysinfo';
}

/** Builds `<os>`. */
export function osElement(os: OsOptions): XmlElement {
  const firmware = os.firmware ?? { type: 'bios' };
  return element('os', { firmware: firmware.type === 'efi' ? 'efi' : null }, [
    element('type', { arch: os.arch ?? 'x86_64', machine: os.machine ?? 'q35' }, 'hvm'),
    firmwareElements(firmware),
    optionalElement('kernel', os.direct?.kernel),
    optionalElement('initrd', os.direct?.initrd),
    optionalElement('cmdline', os.direct?.commandLine),
    (os.boot ?? []).map((dev) => element('boot', { dev })),
    os.bootMenu === undefined ? null : element('bootmenu', { enable: 'yes', timeout: os.bootMenu.timeoutMs }),
    os.smbios === undefined ? null : element('smbios', { mode: os.smbios }),
  ]);
}

function firmwareElements(firmware: FirmwareOptions): readonly (XmlElement | null)[] {
  const yesNo = (on: boolean | undefined): string | null => (on === undefined ? null : on ? 'yes' : 'no');
  switch (firmware.type) {
    case 'bios':
      return [];
    case 'efi': {
      const features = [
        ['enrolled-keys', firmware.enrolledKeys ?? firmware.secureBoot] as const,
        ['secure-boot', firmware.secureBoot] as const,
      ].flatMap(([name, on]) => (on === undefined ? [] : element('feature', { enabled: yesNo(on), name })));
      return [
        features.length === 0 ? null : element('firmware', {}, features),
        firmware.secureBoot === true ? element('loader', { secure: 'yes' }) : null,
        optionalElement('nvram', firmware.nvram),
      ];
    }
    case 'loader':
      return [
        element('loader', { readonly: 'yes', secure: yesNo(firmware.secure), type: 'pflash' }, firmware.path),
        element('nvram', { template: firmware.nvram.template }, firmware.nvram.path),
      ];
  }
}
