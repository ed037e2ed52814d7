import net from 'node:net';
import type { LibvirtError } from '../error.ts';
import { readError } from '../rpc/wire/error-reply.ts';
import { FrameSplitter, headerSize, messageStatus, messageType, program } from '../rpc/wire/frame.ts';
import { Reader } from '../rpc/xdr/reader.ts';

/** REMOTE_PROC_CONNECT_CLOSE: after it libvirtd may hang up. */
const procedureClose = 2;

/** What passed between one virsh process and libvirtd. */
export interface Relay {
  /** The URI at which virsh finds the relay. */
  readonly uri: string;
  /** The last error that libvirtd answered. */
  readonly error: LibvirtError | null;
  /** libvirtd hung up before virsh took its leave. */
  readonly lost: boolean;
  close(): void;
}

export interface RelayOptions {
  /** Where the relay listens. */
  readonly listenAt: string;
  /** The places where libvirtd may listen, the likeliest first. */
  readonly upstream: readonly string[];
  /** The relayed URI, given the relay's socket. */
  readonly uri: (socket: string) => string;
  /** The call's name, for the error. */
  readonly call: string;
  /** Called for every reply to a procedure of libvirt's remote program. */
  readonly onReply?: ((procedure: number, ok: boolean) => void) | undefined;
}

/**
 * virsh prints errors as text only, and text is nothing to decide by. So each virsh process talks to libvirtd through
 * a socket of ours, which passes every byte on unchanged and reads the error replies (code, domain, level, text).
 * Null if libvirtd does not listen at any of the places.
 */
export async function openRelay(options: RelayOptions): Promise<Relay | null> {
  const upstream = await connectFirst(options.upstream);
  if (upstream === null) return null;
  let error: LibvirtError | null = null;
  let lost = false;
  let leaving = false;

  const server = net.createServer((client) => {
    server.close(); // virsh opens one connection
    if (upstream.destroyed) {
      lost = true;
      client.destroy();
      return;
    }
    observe(upstream, (procedure, status, payload, of) => {
      if (status === messageStatus.error) error = readError(payload, options.call);
      if (of === program.remote) options.onReply?.(procedure, status === messageStatus.ok);
    });
    observe(client, (procedure, _status, _payload, of) => {
      leaving ||= of === program.remote && procedure === procedureClose;
    });
    client.on('error', () => upstream.destroy());
    client.on('close', () => {
      leaving = true;
      upstream.destroy();
    });
    upstream.on('close', () => {
      lost = !leaving;
      client.destroy();
    });
    client.pipe(upstream);
    upstream.pipe(client);
  });
  upstream.on('error', () => {
    lost = !leaving;
  });
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(options.listenAt, resolve);
    });
  } catch (failure) {
    upstream.destroy();
    throw failure;
  }
  return {
    uri: options.uri(options.listenAt),
    get error() {
      return error;
    },
    get lost() {
      return lost;
    },
    close: () => {
      server.close();
      upstream.destroy();
    },
  };
}

async function connectFirst(paths: readonly string[]): Promise<net.Socket | null> {
  for (const path of paths) {
    const socket = await connect(path);
    if (socket !== null) return socket;
  }
  return null;
}

function connect(path: string): Promise<net.Socket | null> {
  return new Promise((resolve) => {
    const socket = net.connect({ path });
    socket.once('error', () => {
      resolve(null);
    });
    socket.once('connect', () => {
      socket.removeAllListeners('error');
      resolve(socket);
    });
  });
}

/** Reads along. What cannot be read is not our business: virsh will say so. */
function observe(
  socket: net.Socket,
  message: (procedure: number, status: number, payload: Reader, of: number) => void,
): void {
  const splitter = new FrameSplitter((buffer, start, end) => {
    const type = buffer.readInt32BE(start + 16);
    const of = buffer.readUInt32BE(start + 4);
    if (!programs.has(of) || !messages.has(type)) return;
    message(
      buffer.readInt32BE(start + 12),
      buffer.readInt32BE(start + 24),
      new Reader(buffer, start + headerSize, end),
      of,
    );
  });
  const read = (chunk: Buffer): void => {
    try {
      splitter.push(chunk);
    } catch {
      socket.off('data', read);
    }
  };
  socket.on('data', read);
}

/** All but keepalive. */
const programs: ReadonlySet<number> = new Set([program.remote, program.qemu]);

/** Replies, calls, and streams, which can end in an error. */
const messages: ReadonlySet<number> = new Set([messageType.reply, messageType.call, messageType.stream]);
