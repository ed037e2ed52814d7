import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import type { PortForward } from '../forward.ts';
import { isAllowed } from '../sources.ts';
import type { Listener, Target } from './listener.ts';

/** Of one port at a time; more are refused. */
const mostConnections = 1024;

/** Passes TCP connections on, byte for byte; each side may end its half first. */
export async function listenTcp(
  { hostAddress, hostPort, sources }: Pick<PortForward, 'hostAddress' | 'hostPort' | 'sources'>,
  target: Target,
): Promise<Listener> {
  const sockets = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (client) => {
    const to = isAllowed(client.remoteAddress ?? '', sources) ? target() : null;
    if (to === null) {
      client.on('error', () => undefined);
      client.resetAndDestroy();
      return;
    }
    const guest = connect({ host: to.address, port: to.port, allowHalfOpen: true });
    for (const [one, other] of [
      [client, guest],
      [guest, client],
    ] as const) {
      sockets.add(one);
      one.setKeepAlive(true, 60_000);
      one.on('error', () => other.resetAndDestroy());
      one.once('close', (failed) => {
        sockets.delete(one);
        if (failed) other.destroy();
      });
      one.pipe(other);
    }
  });
  server.maxConnections = mostConnections;
  server.listen({ host: hostAddress, port: hostPort });
  await once(server, 'listening');
  server.on('error', () => undefined);
  return {
    async close() {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
