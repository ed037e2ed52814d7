import { element, type XmlElement } from '../../tree.ts';

/** A controller; libvirt adds those that other devices need. */
export interface ControllerOptions {
  readonly type: 'usb' | 'scsi' | 'sata' | 'virtio-serial' | 'pci';
  readonly model?: string;
  readonly index?: number;
  readonly iothread?: number;
}

export function controllerElement(controller: ControllerOptions): XmlElement {
  const { type, model, index, iothread } = controller;
  return element(
    'controller',
    { type, index, model },
    iothread === undefined ? null : element('driver', { iothread }),
  );
}

/**
 * Empty PCI Express ports, into which devices can be plugged while the guest runs. libvirt wants the root named
 * before them.
 */
export function spareRootPorts(count: number): readonly XmlElement[] {
  if (count === 0) return [];
  const port = controllerElement({ type: 'pci', model: 'pcie-root-port' });
  return [
    controllerElement({ type: 'pci', index: 0, model: 'pcie-root' }),
    ...Array.from({ length: count }, () => port),
  ];
}

export interface InputOptions {
  readonly type: 'tablet' | 'mouse' | 'keyboard';
  readonly bus: 'usb' | 'virtio' | 'ps2';
}

export function inputElement({ type, bus }: InputOptions): XmlElement {
  return element('input', { type, bus });
}

/** A watchdog and what happens when the guest stops feeding it. */
export interface WatchdogOptions {
  readonly model: 'i6300esb' | 'ib700' | 'diag288';
  readonly action: 'reset' | 'poweroff' | 'pause' | 'none' | 'inject-nmi';
}

export function watchdogElement({ model, action }: WatchdogOptions): XmlElement {
  return element('watchdog', { model, action });
}

/** A sound card; `none` as the audio backend keeps the guest's sound away from the host. */
export function soundElements(model: 'ich9' | 'ich6' | 'usb'): readonly XmlElement[] {
  return [
    element('sound', { model }, element('audio', { id: 1 })),
    element('audio', { id: 1, type: 'none' }),
  ];
}
