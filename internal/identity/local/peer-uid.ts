import { readFile } from 'node:fs/promises';
import { isIPv4 } from 'node:net';
import { endianness } from 'node:os';

/** A connection as this side sees it. */
export interface PeerConnection {
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly localAddress: string;
  readonly localPort: number;
}

const established = '01';
const longestRow = 256;

/**
 * The local user at the other end of a connection over loopback, as the kernel knows it.
 *
 * @param inode of this side's socket: the connection is this one as long as the kernel has that. Without it, another program
 * could by now have the ends of a connection that was cut
 * @param directory where the kernel's tables are: `tcp` and `tcp6` of this network namespace
 * @returns null when the tables have no such connection
 */
export async function peerUid(
  connection: PeerConnection,
  inode: string,
  directory = '/proc/self/net',
): Promise<number | null> {
  const read = (table: string): Promise<string> =>
    readFile(`${directory}/${table}`, 'latin1').catch(() => '');
  const tables = ['tcp', 'tcp6'];
  for (const table of tables) {
    const uid = uidInTable(await read(table), connection);
    if (uid === null) continue;
    // After the peer's row was read: a connection that is still open then was open before.
    for (const own of tables) {
      if (isOpen(await read(own), connection, inode)) return uid;
    }
    return null;
  }
  return null;
}

/** Pure. The peer's own row: its local end is the connection's remote one. Only of open connections: others are nobody's. */
export function uidInTable(text: string, connection: PeerConnection): number | null {
  const { remoteAddress, remotePort, localAddress, localPort } = connection;
  const row = rowOf(text, [remoteAddress, remotePort], [localAddress, localPort]);
  return row === null || !/^\d+$/.test(row.uid) ? null : Number(row.uid);
}

/** Pure. Whether this side's socket, of the inode, still has the connection. */
export function isOpen(text: string, connection: PeerConnection, inode: string): boolean {
  const { remoteAddress, remotePort, localAddress, localPort } = connection;
  return rowOf(text, [localAddress, localPort], [remoteAddress, remotePort])?.inode === inode;
}

type End = readonly [address: string, port: number];

function rowOf(
  text: string,
  local: End,
  remote: End,
): { readonly uid: string; readonly inode: string } | null {
  // A listener for both families shows IPv4 within IPv6; the peer's socket may be of either.
  const sought = [plain, mapped].map((form) => {
    const end = ([address, port]: End): string => `${hexAddress(form(address))}:${hexPort(port)}`;
    return `: ${end(local)} ${end(remote)} ${established} `;
  });
  for (const part of sought) {
    const at = text.indexOf(part);
    if (at === -1) continue;
    const [rest = ''] = text.slice(at + part.length, at + part.length + longestRow).split('\n', 1);
    const [, , , uid = '', , inode = ''] = rest.trim().split(/\s+/);
    return { uid, inode };
  }
  return null;
}

function hexPort(port: number): string {
  return port.toString(16).toUpperCase().padStart(4, '0');
}

/** An IPv4 address in an IPv6 socket; other addresses as they are. */
function mapped(address: string): string {
  return isIPv4(plain(address)) ? `::ffff:${plain(address)}` : address;
}

function plain(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.)/i, '');
}

/** As the kernel writes it: words of 32 bits in the host's byte order. */
function hexAddress(address: string): string {
  const isMapped = /^::ffff:\d+\./i.test(address);
  const bytes = isIPv4(address) ? ipv4Bytes(address) : isMapped ? mappedBytes(address) : ipv6Bytes(address);
  const words: string[] = [];
  for (let at = 0; at < bytes.length; at += 4) {
    const word = bytes.slice(at, at + 4);
    if (endianness() === 'LE') word.reverse();
    words.push(Buffer.from(word).toString('hex').toUpperCase());
  }
  return words.join('');
}

function ipv4Bytes(address: string): number[] {
  return address.split('.').map(Number);
}

function mappedBytes(address: string): number[] {
  return [...new Array<number>(10).fill(0), 255, 255, ...ipv4Bytes(plain(address))];
}

function ipv6Bytes(address: string): number[] {
  const [head = '', tail] = address.split('%', 1)[0]?.split('::') ?? [];
  const groups = (text: string): number[] =>
    text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16));
  const [before, after] = [groups(head), tail === undefined ? [] : groups(tail)];
  const between = new Array<number>(Math.max(0, 8 - before.length - after.length)).fill(0);
  return [...before, ...between, ...after].flatMap((group) => [group >> 8, group & 255]);
}
