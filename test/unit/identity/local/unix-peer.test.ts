import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { networkOf } from '../../../../internal/api/door/address.ts';
import { localUidOf, noteUnixPeer } from '../../../../internal/identity/local/local-peers.ts';
import { loadUnixPeer } from '../../../../internal/identity/local/unix-peer.ts';

async function accepted(): Promise<Socket> {
  const directory = mkdtempSync(join(tmpdir(), 'protium-peer-'));
  const server = createServer().listen(join(directory, 's'));
  await once(server, 'listening');
  const coming = once(server, 'connection') as Promise<[Socket]>;
  const client = connect(join(directory, 's'));
  const [socket] = await coming;
  onTestFinished(() => {
    client.destroy();
    socket.destroy();
    server.close();
    rmSync(directory, { recursive: true, force: true });
  });
  return socket;
}

it('the kernel tells who is at the other end', async () => {
  const peerOf = await loadUnixPeer();
  const socket = await accepted();
  expect(peerOf?.(socket)).toBe(process.getuid?.());
  // Nobody is taken for anybody before that was asked.
  expect(await localUidOf(socket)).toBeNull();
  const other = await accepted();
  noteUnixPeer(other, 1234);
  expect(localUidOf(other)).toBe(1234);
});

it('a connection that has ended is nobody’s', async () => {
  const peerOf = await loadUnixPeer();
  const socket = await accepted();
  socket.destroy();
  await once(socket, 'close');
  expect(peerOf?.(socket)).toBeNull();
});

it('without koffi nobody can be asked about', async () => {
  expect(await loadUnixPeer(() => Promise.reject(new Error('not installed')))).toBeNull();
});

it.each([
  ['192.0.2.1', '192.0.2.1'],
  ['::ffff:192.0.2.1', '192.0.2.1'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
  ['2001:db8::1', '2001:db8:0:0'],
  ['fe80::1%eth0', 'fe80:0:0:0'],
  ['::1', '0:0:0:0'],
  ['unix', 'unix'],
])('%s is of the network %s', (address, network) => {
  expect(networkOf(address)).toBe(network);
});
