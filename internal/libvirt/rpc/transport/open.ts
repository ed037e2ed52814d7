import os from 'node:os';
import path from 'node:path';
import { LibvirtConnectionError } from '../../error.ts';
import { openSocket } from './socket.ts';
import { openSsh } from './ssh.ts';
import { openTls } from './tls.ts';
import type { Transport } from './transport.ts';
import type { LibvirtUri } from './uri.ts';

const defaultTcpPort = 16_509;

/**
 * The sockets at which the daemon for this URI may listen, in the order in which they are tried: the one daemon for
 * all, then the driver's own (virtqemud ...).
 */
export function socketPaths(uri: LibvirtUri, environment: NodeJS.ProcessEnv): readonly string[] {
  const { socket, mode } = uri.parameters;
  if (socket !== null) return [socket];
  const runtime = environment['XDG_RUNTIME_DIR'] ?? path.join(os.homedir(), '.cache');
  // As in libvirt's own client: root's session is the system.
  const isOwn = uri.session && process.geteuid?.() !== 0;
  const directory = isOwn ? path.join(runtime, 'libvirt') : '/run/libvirt';
  return [
    ...(mode === 'direct' ? [] : [path.join(directory, 'libvirt-sock')]),
    ...(mode === 'legacy' ? [] : [path.join(directory, `virt${uri.driver}d-sock`)]),
  ];
}

/** Opens the bytes below the protocol. Rejects with LibvirtConnectionError; its text names all that was tried. */
export async function openTransport(uri: LibvirtUri, signal: AbortSignal): Promise<Transport> {
  const attempts: readonly { name: string; open: () => Promise<Transport> }[] = listAttempts(uri, signal);
  const failures: string[] = [];
  for (const { name, open } of attempts) {
    try {
      return await open();
    } catch (error) {
      if (signal.aborted) break;
      failures.push(`${name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  throw new LibvirtConnectionError(
    failures.length === 0
      ? 'the connection to libvirt was given up while it was opened'
      : `cannot connect to libvirt (${failures.join('; ')})`,
  );
}

function listAttempts(
  uri: LibvirtUri,
  signal: AbortSignal,
): readonly { name: string; open: () => Promise<Transport> }[] {
  switch (uri.transport) {
    case 'unix':
      return socketPaths(uri, process.env).map((socketPath) => ({
        name: socketPath,
        open: () => openSocket({ path: socketPath }, signal),
      }));
    case 'tcp': {
      const port = uri.port ?? defaultTcpPort;
      return [{ name: `${uri.host}:${port}`, open: () => openSocket({ host: uri.host, port }, signal) }];
    }
    case 'tls':
      return [{ name: `tls ${uri.host}`, open: () => openTls(uri, signal) }];
    case 'ssh':
      return [{ name: `ssh ${uri.host}`, open: () => openSsh(uri, signal) }];
  }
}
