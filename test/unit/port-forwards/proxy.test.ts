import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, expect, it, onTestFinished } from 'vitest';
import { listenOn, type Target } from '../../../internal/port-forwards/proxy/listener.ts';

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** A guest that says back what it hears, when all of it has come. */
async function tcpGuest() {
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    let heard = '';
    socket.on('data', (chunk: Buffer) => (heard += chunk.toString()));
    socket.on('end', () => socket.end(`heard ${heard}`));
    socket.on('error', () => undefined);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return { address: '127.0.0.1', port: (server.address() as AddressInfo).port };
}

async function listening(protocol: 'tcp' | 'udp', target: Target, sources: readonly string[] = []) {
  const hostPort = await freePort();
  const listener = await listenOn({ protocol, hostAddress: '127.0.0.1', hostPort, sources }, target);
  onTestFinished(() => listener.close().catch(() => undefined));
  return { hostPort, listener };
}

/** What a connection gives, or the code that it ended with. */
async function say(port: number, words: string): Promise<string> {
  const socket: Socket = connect({ host: '127.0.0.1', port, allowHalfOpen: true });
  socket.end(words);
  return text(socket).catch((error: unknown) => String((error as NodeJS.ErrnoException).code));
}

describe('tcp', () => {
  it('is passed on, each half to its end', async () => {
    const guest = await tcpGuest();
    const { hostPort } = await listening('tcp', () => guest);
    const long = 'x'.repeat(500_000);
    expect(await say(hostPort, long)).toBe(`heard ${long}`);
    expect(await Promise.all(['a', 'b'].map((word) => say(hostPort, word)))).toEqual(['heard a', 'heard b']);
  });

  it('is reset while the guest is down, its port closed, or the source not allowed', async () => {
    const down = await listening('tcp', () => null);
    expect(await say(down.hostPort, 'x')).toBe('ECONNRESET');
    const nobody = await freePort();
    const closed = await listening('tcp', () => ({ address: '127.0.0.1', port: nobody }));
    expect(await say(closed.hostPort, 'x')).toBe('ECONNRESET');
    const guest = await tcpGuest();
    const narrow = await listening('tcp', () => guest, ['192.0.2.0/24']);
    expect(await say(narrow.hostPort, 'x')).toBe('ECONNRESET');
  });

  it('holds its port, and gives it back', async () => {
    const { hostPort, listener } = await listening('tcp', () => null);
    const again = { protocol: 'tcp', hostAddress: '127.0.0.1', hostPort, sources: [] } as const;
    await expect(listenOn(again, () => null)).rejects.toMatchObject({ code: 'resource-in-use' });
    await listener.close();
    await (await listenOn(again, () => null)).close();
  });

  it('ends with its connections when it is closed', async () => {
    const guest = await tcpGuest();
    const { hostPort, listener } = await listening('tcp', () => guest);
    const socket = connect({ host: '127.0.0.1', port: hostPort });
    socket.on('error', () => undefined);
    await once(socket, 'connect');
    const ended = once(socket, 'close');
    await listener.close();
    await ended;
  });

  it('is not listened on where the host has no such address', async () => {
    const foreign = { protocol: 'tcp', hostAddress: '192.0.2.1', hostPort: 4242, sources: [] } as const;
    await expect(listenOn(foreign, () => null)).rejects.toMatchObject({ code: 'argument-invalid' });
  });
});

describe('udp', () => {
  it('is passed on, and answers find back to who asked', async () => {
    const guest = createSocket('udp4');
    guest.on('message', (message, from) =>
      guest.send(`heard ${message.toString()}`, from.port, from.address),
    );
    guest.bind(0, '127.0.0.1');
    await once(guest, 'listening');
    onTestFinished(() => void guest.close());
    const { port } = guest.address();
    const { hostPort } = await listening('udp', () => ({ address: '127.0.0.1', port }));
    const ask = async (word: string): Promise<string> => {
      const client = createSocket('udp4');
      client.send(word, hostPort, '127.0.0.1');
      const [answer] = (await once(client, 'message')) as [Buffer];
      client.send(`${word}2`, hostPort, '127.0.0.1');
      const [second] = (await once(client, 'message')) as [Buffer];
      client.close();
      return `${answer.toString()}, ${second.toString()}`;
    };
    expect(await Promise.all(['a', 'b'].map(ask))).toEqual(['heard a, heard a2', 'heard b, heard b2']);
  });
});
