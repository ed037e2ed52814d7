import { readlinkSync } from 'node:fs';
import type { Socket } from 'node:net';
import { peerUid } from './peer-uid.ts';

/** By connection; a Unix socket's from the start. */
const known = new WeakMap<object, number | null | Promise<number | null>>();

/** The user at the other end of a connection through a Unix socket, as the kernel told when it was accepted; null: unknown. */
export function noteUnixPeer(socket: Socket, uid: number | null): void {
  known.set(socket, uid);
}

/**
 * The local user at the other end of a connection over loopback or a Unix socket; null: it comes from elsewhere, or the kernel
 * does not say. The kernel is asked once a connection.
 */
export function localUidOf(socket: Socket): number | null | Promise<number | null> {
  const before = known.get(socket);
  if (before !== undefined) return before;
  const asked = askKernel(socket).then(
    (uid) => {
      known.set(socket, uid);
      return uid;
    },
    () => null,
  );
  known.set(socket, asked);
  return asked;
}

export function isLoopback(address: string): boolean {
  return address === '::1' || /^(?:::ffff:)?127\./.test(address);
}

async function askKernel(socket: Socket): Promise<number | null> {
  const { remoteAddress = '', remotePort = 0, localAddress = '', localPort = 0 } = socket;
  if (!isLoopback(remoteAddress) || !isLoopback(localAddress)) return null;
  const inode = inodeOf(socket);
  return inode === null ? null : peerUid({ remoteAddress, remotePort, localAddress, localPort }, inode);
}

/** Of this side's socket; null: it is closed, or this is no Linux. */
export function inodeOf(socket: Socket): string | null {
  const fd = fileDescriptorOf(socket);
  if (fd === null) return null;
  try {
    const [, inode] = /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/self/fd/${fd}`)) ?? [];
    return inode ?? null;
  } catch {
    return null;
  }
}

/** Node has no public way to it; null where it has none at all. */
export function fileDescriptorOf(socket: Socket): number | null {
  const { _handle: handle } = socket as { readonly _handle?: { readonly fd?: unknown } | null };
  return typeof handle?.fd === 'number' && handle.fd >= 0 ? handle.fd : null;
}
