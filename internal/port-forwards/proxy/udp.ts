import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { isIPv6 } from 'node:net';
import type { PortForward } from '../forward.ts';
import { isAllowed } from '../sources.ts';
import type { Listener, Target } from './listener.ts';

/** Without a datagram for so long, a client is forgotten. */
const idleMs = 60_000;
/** At a time; the one that was silent longest makes room. */
const mostClients = 1024;

interface Session {
  readonly guest: Socket;
  readonly ends: NodeJS.Timeout;
}

/** Passes datagrams on: each client has a socket of its own towards the guest, so that answers find back. */
export async function listenUdp(
  { hostAddress, hostPort, sources }: Pick<PortForward, 'hostAddress' | 'hostPort' | 'sources'>,
  target: Target,
): Promise<Listener> {
  const type = isIPv6(hostAddress) ? 'udp6' : 'udp4';
  const server = createSocket({ type });
  /** By the client's address and port, the longest silent first. */
  const sessions = new Map<string, Session>();
  const end = (key: string): void => {
    const session = sessions.get(key);
    if (session === undefined) return;
    sessions.delete(key);
    clearTimeout(session.ends);
    session.guest.close();
  };
  const begin = (
    key: string,
    client: { address: string; port: number },
    to: NonNullable<ReturnType<Target>>,
  ): Session => {
    const [silent] = sessions.keys();
    if (sessions.size >= mostClients && silent !== undefined) end(silent);
    const guest = createSocket('udp4');
    guest.on('message', (message) => {
      sessions.get(key)?.ends.refresh();
      server.send(message, client.port, client.address, () => undefined);
    });
    // The guest's port is closed, or the guest is away.
    guest.on('error', () => end(key));
    guest.connect(to.port, to.address);
    return { guest, ends: setTimeout(() => end(key), idleMs).unref() };
  };
  server.on('message', (message, client) => {
    const to = isAllowed(client.address, sources) ? target() : null;
    if (to === null) return;
    const key = `${client.address} ${client.port}`;
    const session = sessions.get(key) ?? begin(key, client, to);
    sessions.delete(key);
    sessions.set(key, session);
    session.ends.refresh();
    const send = (): void => {
      if (sessions.get(key) === session) session.guest.send(message, () => undefined);
    };
    if (isConnected(session.guest)) send();
    else session.guest.once('connect', send);
  });
  server.bind({ address: hostAddress, port: hostPort, exclusive: true });
  await once(server, 'listening');
  server.on('error', () => undefined);
  return {
    async close() {
      for (const key of [...sessions.keys()]) end(key);
      const closed = once(server, 'close');
      server.close();
      await closed;
    },
  };
}

function isConnected(socket: Socket): boolean {
  try {
    socket.remoteAddress();
    return true;
  } catch {
    return false;
  }
}
