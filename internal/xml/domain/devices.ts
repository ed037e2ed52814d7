import { element, optionalElement, type XmlElement } from '../tree.ts';
import {
  channelElement,
  guestAgentChannel,
  serialElements,
  type SerialOptions,
} from './devices/character.ts';
import {
  controllerElement,
  type ControllerOptions,
  inputElement,
  type InputOptions,
  soundElements,
  spareRootPorts,
  watchdogElement,
  type WatchdogOptions,
} from './devices/controller.ts';
import { diskElement, type DiskOptions } from './devices/disk.ts';
import { graphicsElement, type GraphicsOptions } from './devices/graphics.ts';
import { hostDeviceElement, type HostDeviceOptions } from './devices/hostdev.ts';
import { interfaceElement, type InterfaceOptions } from './devices/interface.ts';
import { tpmElement, type TpmOptions } from './devices/tpm.ts';
import { videoElement, type VideoOptions } from './devices/video.ts';
import {
  balloonElement,
  type BalloonOptions,
  filesystemElement,
  type FilesystemOptions,
  rngElement,
  type RngOptions,
  vsockElement,
} from './devices/virtio.ts';

export interface DevicesOptions {
  /** Default: libvirt's choice for the architecture. */
  readonly emulator?: string;
  readonly disks?: readonly DiskOptions[];
  readonly controllers?: readonly ControllerOptions[];
  /** Empty PCI Express ports for devices that are plugged in later. */
  readonly spareRootPorts?: number;
  readonly filesystems?: readonly FilesystemOptions[];
  readonly interfaces?: readonly InterfaceOptions[];
  readonly serials?: readonly SerialOptions[];
  /** The channel of qemu-guest-agent. Default: true. */
  readonly guestAgent?: boolean;
  /** Further virtio channels, by name. */
  readonly channels?: readonly string[];
  readonly inputs?: readonly InputOptions[];
  readonly tpm?: TpmOptions;
  readonly graphics?: readonly GraphicsOptions[];
  readonly sound?: 'ich9' | 'ich6' | 'usb';
  readonly videos?: readonly VideoOptions[];
  readonly hostDevices?: readonly HostDeviceOptions[];
  readonly watchdog?: WatchdogOptions;
  /** Default: a balloon; null: none. */
  readonly balloon?: BalloonOptions | null;
  /** Default: from /dev/urandom; null: none. */
  readonly rng?: RngOptions | null;
  readonly vsock?: { readonly cid?: number };
  /** Devices of kinds that have no builder here. */
  readonly others?: readonly XmlElement[];
}

/** Builds `<devices>`, kinds in libvirt's own order. */
export function devicesElement(devices: DevicesOptions): XmlElement {
  const channels = [
    ...(devices.guestAgent === false ? [] : [guestAgentChannel]),
    ...(devices.channels ?? []),
  ];
  const serials = (devices.serials ?? []).flatMap((serial, port) => serialElements(port, serial));
  return element('devices', {}, [
    optionalElement('emulator', devices.emulator),
    devices.disks?.map(diskElement),
    devices.controllers?.map(controllerElement),
    spareRootPorts(devices.spareRootPorts ?? 0),
    devices.filesystems?.map(filesystemElement),
    devices.interfaces?.map(interfaceElement),
    serials.filter((el) => el.name === 'serial'),
    serials.filter((el) => el.name === 'console'),
    channels.map(channelElement),
    devices.inputs?.map(inputElement),
    devices.tpm && tpmElement(devices.tpm),
    devices.graphics?.map(graphicsElement),
    devices.sound && soundElements(devices.sound),
    devices.videos?.map(videoElement),
    devices.hostDevices?.map(hostDeviceElement),
    devices.watchdog && watchdogElement(devices.watchdog),
    devices.balloon === undefined ? balloonElement({}) : balloonElement(devices.balloon),
    devices.rng === null ? null : rngElement(devices.rng ?? {}),
    devices.vsock && vsockElement(devices.vsock.cid),
    devices.others,
  ]);
}
