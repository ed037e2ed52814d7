import { once } from 'node:events';
import { createServer, connect, type AddressInfo, type Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { inodeOf } from '../../../../internal/identity/local/local-peers.ts';
import { isOpen, peerUid, uidInTable } from '../../../../internal/identity/local/peer-uid.ts';

const head =
  '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n';
const row = (local: string, remote: string, state: string, uid: number) =>
  `   0: ${local} ${remote} ${state} 00000000:00000000 00:00000000 00000000  ${uid}        0 1234 1 0000000000000000 20 4 30 10 -1\n`;
const connection = {
  remoteAddress: '127.0.0.1',
  remotePort: 0x1234,
  localAddress: '127.0.0.1',
  localPort: 0x235d,
};

describe('on a machine with the low byte first', () => {
  it('finds the row of the peer, not the one of this side', () => {
    const table =
      head +
      row('0100007F:235D', '0100007F:1234', '01', 7) +
      row('0100007F:1234', '0100007F:235D', '01', 1000);
    expect(uidInTable(table, connection)).toBe(1000);
  });

  it('a connection that is ending is nobody’s: the kernel shows 0 for it', () => {
    expect(uidInTable(head + row('0100007F:1234', '0100007F:235D', '06', 0), connection)).toBeNull();
  });

  it('knows IPv4 within IPv6, whichever side has it', () => {
    const mappedRow = row(
      '0000000000000000FFFF00000100007F:1234',
      '0000000000000000FFFF00000100007F:235D',
      '01',
      5,
    );
    expect(uidInTable(head + mappedRow, connection)).toBe(5);
    const within = { ...connection, remoteAddress: '::ffff:127.0.0.1', localAddress: '::ffff:127.0.0.1' };
    expect(uidInTable(head + row('0100007F:1234', '0100007F:235D', '01', 6), within)).toBe(6);
  });

  it('knows IPv6', () => {
    const six = { ...connection, remoteAddress: '::1', localAddress: '::1' };
    const own = '00000000000000000000000001000000';
    expect(uidInTable(head + row(`${own}:1234`, `${own}:235D`, '01', 8), six)).toBe(8);
  });

  it('tells this side’s socket from another one with the same ends', () => {
    const table = head + row('0100007F:235D', '0100007F:1234', '01', 7);
    expect(isOpen(table, connection, '1234')).toBe(true);
    expect(isOpen(table, connection, '1235')).toBe(false);
    expect(isOpen(head, connection, '1234')).toBe(false);
  });

  it('another port, a table that is cut: nobody', () => {
    const table = head + row('0100007F:1235', '0100007F:235D', '01', 1000);
    expect(uidInTable(table, connection)).toBeNull();
    expect(uidInTable('  0: 0100007F:1234 0100007F:235D 01', connection)).toBeNull();
  });
});

it.each(['127.0.0.1', '::1', '::'])('asks this kernel about a connection to %s', async (address) => {
  const server = createServer().listen(0, address);
  await once(server, 'listening');
  const accepted = once(server, 'connection') as Promise<[Socket]>;
  const { port } = server.address() as AddressInfo;
  const client = connect(port, address === '::' ? '127.0.0.1' : address);
  const [socket] = await accepted;
  const { remoteAddress = '', remotePort = 0, localAddress = '', localPort = 0 } = socket;
  const ends = { remoteAddress, remotePort, localAddress, localPort };
  const inode = inodeOf(socket) ?? '';
  expect(inode).toMatch(/^\d+$/);
  expect(await peerUid(ends, inode)).toBe(process.getuid?.());
  // The ends of a connection that was cut may belong to another one by now.
  expect(await peerUid(ends, `${inode}0`)).toBeNull();
  client.destroy();
  socket.destroy();
  server.close();
  await once(server, 'close');
});

it('where the kernel has no such tables: nobody', async () => {
  expect(await peerUid(connection, '1234', '/nowhere')).toBeNull();
});
