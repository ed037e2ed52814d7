import { firstText, type MachineFiles } from '../files.ts';
import { pciOfLink } from '../pci-address.ts';
import type { NoteUser } from './note-user.ts';

const classDirectory = 'sys/class/net';

/** Interfaces that carry the default route, have an address, or belong to a bridge, bond or the like. */
export function noteNetworkUsers(files: MachineFiles, note: NoteUser): void {
  const { withDefaultRoute, withAddress } = readRoutes(files);
  for (const name of files.list(classDirectory)) {
    const address = pciOfLink(files.link(`${classDirectory}/${name}`));
    if (address === null) continue;
    const uppers = uppersOf(files, name);
    const chain = [name, ...uppers];
    const carrier = chain.find((candidate) => withDefaultRoute.has(candidate));
    const addressed = chain.find((candidate) => withAddress.has(candidate));
    const through = (end: string): string => (end === name ? name : `${name}, which is part of ${end}`);
    if (carrier !== undefined) note(address, 'route', `the default route goes over ${through(carrier)}`);
    else if (addressed === name) note(address, 'network', `${name} has an address`);
    else if (uppers.length > 0) note(address, 'network', `${name} is part of ${uppers.join(', ')}`);
  }
}

/** Bridges, bonds, VLANs and macvlans on an interface, and what is on them in turn. */
function uppersOf(files: MachineFiles, name: string): readonly string[] {
  const found = new Set<string>();
  const waiting = [name];
  for (let current = waiting.pop(); current !== undefined; current = waiting.pop()) {
    const uppers = files
      .list(`${classDirectory}/${current}`)
      .flatMap((entry) => /^upper_(.+)$/.exec(entry)?.[1] ?? []);
    for (const upper of uppers.filter((candidate) => candidate !== name && !found.has(candidate))) {
      found.add(upper);
      waiting.push(upper);
    }
  }
  return [...found];
}

/** Process 1 is asked first: the daemon may have a network namespace of its own. */
function readRoutes(files: MachineFiles): {
  readonly withDefaultRoute: ReadonlySet<string>;
  readonly withAddress: ReadonlySet<string>;
} {
  const lines = (name: string): readonly (readonly string[])[] =>
    (firstText(files, [`proc/1/net/${name}`, `proc/net/${name}`]) ?? '')
      .split('\n')
      .map((line) => line.trim().split(/\s+/));
  const withDefaultRoute = new Set<string>();
  const withAddress = new Set<string>();
  for (const [name, destination] of lines('route').slice(1)) {
    if (name === undefined || destination === undefined) continue;
    // An address brings the route to its network.
    if (destination === '00000000') withDefaultRoute.add(name);
    else withAddress.add(name);
  }
  for (const fields of lines('ipv6_route')) {
    const [destination, length] = fields;
    const name = fields[9];
    // The kernel always has an entry on lo, which refuses.
    if (name !== undefined && name !== 'lo' && length === '00' && /^0{32}$/.test(destination ?? ''))
      withDefaultRoute.add(name);
  }
  for (const [, , , scope, , name] of lines('if_inet6')) {
    // Every interface that is up has an address of the link (scope 20).
    if (name !== undefined && scope !== '20') withAddress.add(name);
  }
  return { withDefaultRoute, withAddress };
}
