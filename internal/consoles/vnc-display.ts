import { connect, type Socket } from 'node:net';
import { ProtiumError } from '../errors/protium-error.ts';
import type { DisplayPlace } from './console-devices.ts';

/** Connects to where QEMU serves a display. Rejects with `libvirt-failed` or `permission-denied`. */
export function connectDisplay(place: DisplayPlace, name: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = 'socket' in place ? connect(place.socket) : connect(place.port, place.host);
    socket.setNoDelay(true);
    socket.once('connect', () => {
      socket.off('error', failed);
      resolve(socket);
    });
    const failed = (error: NodeJS.ErrnoException): void => {
      const where = 'socket' in place ? place.socket : `${place.host}:${place.port}`;
      const forbidden = error.code === 'EACCES' || error.code === 'EPERM';
      reject(
        new ProtiumError(
          forbidden ? 'permission-denied' : 'state-conflict',
          forbidden
            ? `The daemon's user may not use the display's socket ${where}. Let the display listen on 127.0.0.1, or run the daemon as root.`
            : `The display of "${name}" does not answer at ${where} (${error.code ?? error.message}).`,
          { cause: error, details: { place: where } },
        ),
      );
    };
    socket.once('error', failed);
  });
}
