import { chmodSync, chownSync, lstatSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import path from 'node:path';
import type { GrpcServer } from '../../internal/api/grpc/server.ts';
import type { Config } from '../../internal/config/config.ts';
import { ProtiumError } from '../../internal/errors/protium-error.ts';
import { noteUnixPeer } from '../../internal/identity/local/local-peers.ts';
import { loadUnixPeer } from '../../internal/identity/local/unix-peer.ts';
import type { Logger } from '../../internal/observability/log.ts';

/** Unix sockets beside the ports of loopback: who comes by one is known by the kernel. */
export interface UnixSockets {
  /** Makes the server listen; false: it does not, which is no fault where nobody asked for it. */
  listen(server: Server, kind: 'http' | 'grpc'): Promise<boolean>;
  /** Serves gRPC too; the returned function ends that. */
  serveGrpc(grpc: Pick<GrpcServer, 'accept'>): Promise<() => Promise<void>>;
}

export async function createUnixSockets(options: {
  readonly config: Pick<Config, 'socket'>;
  readonly log: Logger;
}): Promise<UnixSockets> {
  const { config, log } = options;
  const { socket } = config;
  const peerOf = socket === null ? null : await loadUnixPeer();
  // Where the kernel cannot be asked who comes, only the daemon's own user may.
  const group = socket === null || peerOf === null ? null : socket.group;
  if (socket !== null && socket.group !== null && peerOf === null) {
    log.warn(
      { socket: socket.path },
      'koffi cannot be loaded, so nobody but the daemon’s user may use the Unix socket',
    );
  }
  const ownUid = process.getuid?.() ?? null;

  const listen: UnixSockets['listen'] = async (server, kind) => {
    if (socket === null) return false;
    const file = kind === 'http' ? socket.path : grpcSocketOf(socket.path);
    server.prependListener('connection', (connection) => {
      noteUnixPeer(connection, peerOf === null ? ownUid : peerOf(connection));
    });
    try {
      await listenAt(server, file, group);
      log.info({ socket: file, protocol: kind }, 'listening on a Unix socket');
      return true;
    } catch (error) {
      if (socket.asked) throw error;
      log.warn({ err: error, socket: file }, 'there is no Unix socket; the ports of loopback serve as well');
      return false;
    }
  };
  return {
    listen,
    async serveGrpc(grpc) {
      const server = createServer((connection) => grpc.accept(connection));
      if (!(await listen(server, 'grpc'))) return () => Promise.resolve();
      return () => new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

/** `/run/protium/protium.sock` → `/run/protium/protium-grpc.sock`. */
function grpcSocketOf(httpSocket: string): string {
  const { dir, name, ext } = path.parse(httpSocket);
  return path.join(dir, `${name}-grpc${ext}`);
}

/** Takes the place of a socket that nobody listens at any more, and of nothing else. */
async function listenAt(server: Server, file: string, group: string | null): Promise<void> {
  const gid = group === null ? null : gidOf(group);
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o755 });
  if (lstatSync(file, { throwIfNoEntry: false })?.isSocket() === true) {
    if (await isListenedAt(file))
      throw new ProtiumError('state-conflict', `Another program listens at ${file}.`);
    rmSync(file);
  }
  // From the first moment on it is nobody else's.
  const mask = process.umask(0o177);
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(file, resolve);
      process.umask(mask);
    });
  } finally {
    process.umask(mask);
  }
  if (gid === null) return;
  chownSync(file, -1, gid);
  chmodSync(file, 0o660);
}

function isListenedAt(file: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = connect(file);
    const end = (listened: boolean): void => {
      probe.destroy();
      resolve(listened);
    };
    probe.once('connect', () => end(true));
    probe.once('error', ({ code }: NodeJS.ErrnoException) => end(code !== 'ECONNREFUSED'));
  });
}

function gidOf(group: string): number {
  if (/^\d+$/.test(group)) return Number(group);
  const fields = readFileSync('/etc/group', 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
  const gid = fields.find(([name]) => name === group)?.[2];
  if (gid !== undefined && /^\d+$/.test(gid)) return Number(gid);
  throw new ProtiumError('argument-invalid', `PROTIUM_SOCKET_GROUP: there is no group "${group}".`);
}
