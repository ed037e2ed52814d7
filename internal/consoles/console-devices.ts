import type { CharacterDevice } from '../xml/domain/devices/character.ts';
import type { Graphics } from '../xml/domain/devices/graphics.ts';
import type { DomainDocument } from '../xml/domain/read.ts';

/** A serial console as a document has it. */
export interface SerialDevice {
  /** libvirt's alias: `serial0`. */
  readonly device: string;
  /** libvirt opens only those that are on a pseudo-terminal of the host. */
  readonly onPty: boolean;
  readonly logFile: string | null;
}

/** Where QEMU serves the display. */
export type DisplayPlace = { readonly socket: string } | { readonly host: string; readonly port: number };

export interface ConsoleDevices {
  readonly running: boolean;
  readonly serials: readonly SerialDevice[];
  /** null: it has no VNC display. `place` null: nothing listens now. */
  readonly display: { readonly place: DisplayPlace | null } | null;
}

/** The consoles in a domain's document. Pure. */
export function consoleDevices(domain: DomainDocument): ConsoleDevices {
  // The console that libvirt ties to the first serial port is that port again.
  const others = domain.consoles.map(serialDevice('console'));
  const ties = domain.consoles.map(({ targetType }) => (targetType ?? 'serial') === 'serial');
  const display = domain.graphics.find(({ type }) => type === 'vnc');
  return {
    running: domain.id !== null,
    serials: [...domain.serials.map(serialDevice('serial')), ...others.filter((_, index) => !ties[index])],
    display: display === undefined ? null : { place: domain.id === null ? null : placeOf(display) },
  };
}

function serialDevice(name: string) {
  return ({ alias, type, logFile }: CharacterDevice, index: number): SerialDevice => ({
    device: alias ?? `${name}${index}`,
    onPty: type === 'pty',
    logFile,
  });
}

function placeOf({ socket, port, listens }: Graphics): DisplayPlace | null {
  if (socket !== null) return { socket };
  if (port === null) return null;
  const address = listens.find((listen) => listen.address !== null)?.address ?? '127.0.0.1';
  return { host: reachable[address] ?? address, port };
}

/** Listening on every address means: on loopback too. */
const reachable: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '::1' };
