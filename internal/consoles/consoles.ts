import { fromLibvirt } from '../errors/from-libvirt.ts';
import { ProtiumError } from '../errors/protium-error.ts';
import type { Caller } from '../identity/caller.ts';
import type { LibvirtClient } from '../libvirt/client.ts';
import type { LiveView } from '../libvirt/live-view/live-view.ts';
import type { DomainRef } from '../libvirt/objects.ts';
import { readDomain } from '../xml/domain/read.ts';
import type { Console, ConsoleChoice, ConsoleEnding, OpenConsole } from './console.ts';
import { consoleDevices, type ConsoleDevices, type SerialDevice } from './console-devices.ts';
import { followLog, readLogTail, type LogTail, type TailSize } from './console-log.ts';
import { takeScreenshot } from './screenshot.ts';
import { createSerialConsoles } from './serial-consoles.ts';
import { createConsoleTickets, type RedeemedTicket } from './tickets.ts';
import { connectDisplay } from './vnc-display.ts';

/** The use cases of consoles. All reject with a ProtiumError; a VM is named by its uuid. */
export interface Consoles {
  list(uuid: string): Promise<readonly Console[]>;
  /** Throws what keeps the console from being opened: `state-conflict`, `not-found`, `unsupported`. */
  check(choice: ConsoleChoice): Promise<void>;
  /** A ticket for a console that could be opened now. */
  issueTicket(
    choice: ConsoleChoice,
    holder: Caller,
  ): Promise<{ readonly ticket: string; readonly expiresAt: number }>;
  redeemTicket(ticket: string): RedeemedTicket;
  open(choice: ConsoleChoice): Promise<OpenConsole>;
  logTail(uuid: string, device: string, size: TailSize): Promise<LogTail>;
  followLog(uuid: string, device: string, size: TailSize, signal: AbortSignal): AsyncGenerator<Buffer>;
  screenshot(uuid: string, screen: number): Promise<Buffer>;
  /** Ends every open console; none is opened any more. */
  stop(): void;
}

/** Kept of a serial console that is open, for those who join where the log cannot be read. */
const historyBytes = 64 * 1024;
/** libvirt says that a console has ended a moment before it says that the VM has. */
const endMs = 3000;
const stopping: ConsoleEnding = { reason: 'stopping', message: 'The daemon is stopping.' };

export function createConsoles({
  client,
  view,
  stallMs,
}: {
  readonly client: Pick<LibvirtClient, 'domains'>;
  readonly view: Pick<LiveView, 'waitForDomain'>;
  readonly stallMs?: number;
}): Consoles {
  const tickets = createConsoleTickets();
  const displays = new Set<(ending: ConsoleEnding) => void>();
  let stopped = false;

  const serials = createSerialConsoles({
    client,
    historyBytes,
    ...(stallMs === undefined ? {} : { stallMs }),
    hasEnded: ({ uuid, id }) =>
      view
        .waitForDomain(uuid, (domain) => domain?.id !== id, { deadlineMs: endMs })
        .then(
          () => true,
          () => false,
        ),
  });

  const read = async (uuid: string): Promise<{ domain: DomainRef; devices: ConsoleDevices }> => {
    try {
      const domain = await client.domains.lookupByUuid(uuid);
      return { domain, devices: consoleDevices(readDomain(await client.domains.xml(domain))) };
    } catch (error) {
      throw fromLibvirt(error, 'read the consoles of the VM');
    }
  };

  const openSerial = async (choice: ConsoleChoice): Promise<OpenConsole> => {
    const { domain, devices } = await read(choice.uuid);
    const serial = openable(domain, devices, choice);
    const { viewer, history } = await serials.join(domain, serial.device, choice.force);
    if (choice.scrollbackBytes > 0) {
      const size = { maxBytes: choice.scrollbackBytes, maxLines: 0 };
      const logged =
        serial.logFile === null ? null : await readLogTail(serial.logFile, size).catch(() => null);
      const earlier = logged?.content ?? history.subarray(-choice.scrollbackBytes);
      if (earlier.length > 0) viewer.unshift(earlier);
    }
    return {
      uuid: domain.uuid,
      kind: 'serial',
      device: serial.device,
      stream: viewer,
      ending: () => viewer.ending,
    };
  };

  const openDisplay = async (choice: ConsoleChoice): Promise<OpenConsole> => {
    const { domain, devices } = await read(choice.uuid);
    const place = displayPlace(domain, devices);
    const socket = await connectDisplay(place, domain.name);
    let ending: ConsoleEnding | null = null;
    const end = (why: ConsoleEnding): void => {
      ending ??= why;
      socket.destroy();
    };
    displays.add(end);
    // QEMU closes it when the VM ends, or throws viewers out (as another takes the display for itself alone).
    socket.once('end', () => (ending ??= { reason: 'guest-ended', message: 'The display was closed.' }));
    socket.on(
      'error',
      () => (ending ??= { reason: 'lost', message: 'The connection to the display broke.' }),
    );
    socket.once('close', () => displays.delete(end));
    if (stopped) end(stopping);
    return { uuid: domain.uuid, kind: 'vnc', device: 'vnc', stream: socket, ending: () => ending };
  };

  const logOf = async (uuid: string, device: string): Promise<string> => {
    const { domain, devices } = await read(uuid);
    const { device: found, logFile } = serialOf(domain, devices, device);
    if (logFile !== null) return logFile;
    throw new ProtiumError('not-found', `The console ${found} of "${domain.name}" has no log.`);
  };

  const consoles: Consoles = {
    async list(uuid) {
      const { domain, devices } = await read(uuid);
      const off = devices.running ? null : 'The VM is off.';
      return [
        ...devices.serials.map((serial): Console => ({
          kind: 'serial',
          device: serial.device,
          obstacle: off ?? (serial.onPty ? null : notOnPty),
          viewers: serials.viewers(domain.uuid, serial.device),
          logged: serial.logFile !== null,
        })),
        ...(devices.display === null
          ? []
          : [
              {
                kind: 'vnc' as const,
                device: 'vnc',
                obstacle: off ?? (devices.display.place === null ? 'Nothing listens.' : null),
                viewers: 0,
                logged: false,
              },
            ]),
      ];
    },
    async check(choice) {
      const { domain, devices } = await read(choice.uuid);
      if (choice.kind === 'serial') openable(domain, devices, choice);
      else displayPlace(domain, devices);
    },
    async issueTicket(choice, holder) {
      await consoles.check(choice);
      return tickets.issue(choice, holder);
    },
    redeemTicket: (ticket) => tickets.redeem(ticket),
    open(choice) {
      if (stopped) return Promise.reject(new ProtiumError('interrupted', stopping.message));
      return choice.kind === 'serial' ? openSerial(choice) : openDisplay(choice);
    },
    async logTail(uuid, device, size) {
      return readLogTail(await logOf(uuid, device), size);
    },
    async *followLog(uuid, device, size, signal) {
      const file = await logOf(uuid, device);
      const { content, place } = await readLogTail(file, size);
      if (content.length > 0) yield content;
      yield* followLog(file, place, signal);
    },
    async screenshot(uuid, screen) {
      const { domain } = await read(uuid);
      requireRunning(domain);
      return takeScreenshot(client, domain, screen);
    },
    stop() {
      stopped = true;
      serials.close(stopping);
      for (const end of [...displays]) end(stopping);
    },
  };
  return consoles;
}

const notOnPty = 'It is on no pseudo-terminal of the host: libvirt cannot open it.';

function requireRunning({ id, name }: DomainRef): void {
  if (id === null) throw new ProtiumError('state-conflict', `"${name}" is off. Start it first.`);
}

function serialOf(domain: DomainRef, { serials }: ConsoleDevices, device: string): SerialDevice {
  const found = device === '' ? serials[0] : serials.find((serial) => serial.device === device);
  if (found !== undefined) return found;
  const there = serials.length === 0 ? 'none' : serials.map((serial) => serial.device).join(', ');
  throw new ProtiumError(
    'not-found',
    `"${domain.name}" has no serial console${device === '' ? '' : ` "${device}"`}; there is ${there}.`,
  );
}

function openable(domain: DomainRef, devices: ConsoleDevices, { device }: ConsoleChoice): SerialDevice {
  const serial = serialOf(domain, devices, device);
  requireRunning(domain);
  if (serial.onPty) return serial;
  throw new ProtiumError('unsupported', `The console ${serial.device} of "${domain.name}": ${notOnPty}`);
}

function displayPlace(domain: DomainRef, { display }: ConsoleDevices) {
  if (display === null) throw new ProtiumError('not-found', `"${domain.name}" has no VNC display.`);
  requireRunning(domain);
  if (display.place !== null) return display.place;
  throw new ProtiumError('state-conflict', `The display of "${domain.name}" listens nowhere.`);
}
