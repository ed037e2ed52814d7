import type { MigrationTarget } from '../migration/target.ts';

const name = /^[a-z0-9][a-z0-9.-]{0,62}$/;
/** A host name or an IP address, without brackets. */
const address = /^[A-Za-z0-9][A-Za-z0-9.:-]{0,252}$/;
/** libvirt's URIs have no spaces and commas but as %20 and %2C. */
const uri = /^[a-z0-9+]+:\/\/[^\s,]*$/;

/**
 * `NAME=URI [peer=URI] [address=HOST] [disks=copied|shared] [transport=direct|tunnelled]`, separated by commas. undefined: that
 * is not how they are written. Pure.
 */
export function readMigrationTargets(text: string): readonly MigrationTarget[] | undefined {
  const targets = text.split(',').map((part) => readTarget(part.trim()));
  const known = targets.filter((target) => target !== undefined);
  const isOnce = new Set(known.map((target) => target.name)).size === targets.length;
  return isOnce ? known : undefined;
}

function readTarget(text: string): MigrationTarget | undefined {
  const [first = '', ...rest] = text.split(/\s+/).map((word) => {
    const at = word.indexOf('=');
    return [word.slice(0, Math.max(at, 0)), word.slice(at + 1)] as const;
  });
  const options = new Map(rest);
  const {
    peer = null,
    address: at = null,
    disks = 'copied',
    transport = 'direct',
    ...others
  } = Object.fromEntries(options);
  const isKnown = options.size === rest.length && Object.keys(others).length === 0;
  if (!isKnown || !name.test(first[0]) || !uri.test(first[1])) return undefined;
  if ((peer !== null && !uri.test(peer)) || (at !== null && !address.test(at))) return undefined;
  if ((disks !== 'copied' && disks !== 'shared') || (transport !== 'direct' && transport !== 'tunnelled')) {
    return undefined;
  }
  // libvirt carries no disks through a tunnel, and in one no address is needed.
  if (transport === 'tunnelled' && (disks === 'copied' || at !== null)) return undefined;
  return { name: first[0], uri: first[1], peerUri: peer, address: at, disks, transport };
}
