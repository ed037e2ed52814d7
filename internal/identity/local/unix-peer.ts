import type { Socket } from 'node:net';
import type * as Koffi from 'koffi';
import { fileDescriptorOf } from './local-peers.ts';

/** The user at the other end of a connection through a Unix socket, when it was made; null: the kernel does not say. */
export type UnixPeer = (socket: Socket) => number | null;

/** Linux numbers these alike on all machines but a few. */
const solSocket = 1;
const soPeercred = 17;
const machines: readonly NodeJS.Architecture[] = ['x64', 'arm64', 'arm', 'ia32', 'riscv64', 'loong64'];
/** struct ucred: process, user and group, 32 bits each. */
const credentialBytes = 12;

/**
 * How the kernel is asked (SO_PEERCRED). Node cannot; koffi calls the C library, where it is installed and made for this
 * machine. null: it cannot be asked.
 */
export async function loadUnixPeer(
  load: () => Promise<typeof Koffi> = () => import('koffi'),
): Promise<UnixPeer | null> {
  if (process.platform !== 'linux' || !machines.includes(process.arch)) return null;
  try {
    const koffi = await load();
    const getsockopt = koffi
      .load(null)
      .func('int getsockopt(int, int, int, _Out_ void *, _Inout_ uint32_t *)') as (
      ...args: readonly unknown[]
    ) => number;
    return (socket) => {
      const descriptor = fileDescriptorOf(socket);
      if (descriptor === null) return null;
      const credentials = Buffer.alloc(credentialBytes);
      const length = [credentialBytes];
      const result = getsockopt(descriptor, solSocket, soPeercred, credentials, length);
      if (result !== 0 || length[0] !== credentialBytes) return null;
      // A process that the kernel does not know has -1.
      const uid = new Uint32Array(credentials.buffer, credentials.byteOffset, 3)[1];
      return uid === undefined || uid === 0xffff_ffff ? null : uid;
    };
  } catch {
    return null;
  }
}
