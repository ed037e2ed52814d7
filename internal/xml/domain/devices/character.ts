import { attribute, child, element, type XmlElement } from '../../tree.ts';
import { integerAttribute } from '../../values.ts';
import { readAlias } from './boot.ts';

/** A `<serial>`, `<parallel>`, `<console>` or `<channel>` as it was read. */
export interface CharacterDevice {
  /** Of the host's side: `pty`, `unix`, `file`, `tcp` ... */
  readonly type: string;
  /** Path of the host's side: the pty while the domain runs, the socket, the file. */
  readonly path: string | null;
  readonly targetType: string | null;
  readonly targetPort: number | null;
  /** Of a channel, e.g. `org.qemu.guest_agent.0`. */
  readonly targetName: string | null;
  /** Of a channel while the domain runs: whether something in the guest has opened it. */
  readonly connected: boolean | null;
  readonly logFile: string | null;
  readonly alias: string | null;
  readonly element: XmlElement;
}

export function readCharacterDevice(el: XmlElement): CharacterDevice {
  const [source, target, log] = [child(el, 'source'), child(el, 'target'), child(el, 'log')];
  const state = target === null ? null : attribute(target, 'state');
  return {
    type: attribute(el, 'type') ?? '',
    path: (source === null ? null : attribute(source, 'path')) ?? attribute(el, 'tty'),
    targetType: target === null ? null : attribute(target, 'type'),
    targetPort: target === null ? null : integerAttribute(target, 'port'),
    targetName: target === null ? null : attribute(target, 'name'),
    connected: state === null ? null : state === 'connected',
    logFile: log === null ? null : attribute(log, 'file'),
    alias: readAlias(el),
    element: el,
  };
}

export interface SerialOptions {
  /** File on the host that gets all the guest writes; virtlogd rolls it over. */
  readonly logFile?: string;
  /** Keep what earlier runs wrote. Default: false, as libvirt. */
  readonly logAppend?: boolean;
}

/** Builds a serial port on a pty, and the console that libvirt ties to the first of them. */
export function serialElements(port: number, serial: SerialOptions): readonly XmlElement[] {
  const log =
    serial.logFile === undefined
      ? null
      : element('log', {
          file: serial.logFile,
          append: serial.logAppend === undefined ? null : serial.logAppend ? 'on' : 'off',
        });
  const ports = [element('serial', { type: 'pty' }, [log, element('target', { type: 'isa-serial', port })])];
  return port === 0
    ? [...ports, element('console', { type: 'pty' }, [log, element('target', { type: 'serial', port })])]
    : ports;
}

/** Builds a virtio channel by its name in the guest; libvirt makes the socket on the host's side. */
export function channelElement(name: string): XmlElement {
  return element('channel', { type: 'unix' }, element('target', { type: 'virtio', name }));
}

/** What qemu-guest-agent opens in the guest. */
export const guestAgentChannel = 'org.qemu.guest_agent.0';
