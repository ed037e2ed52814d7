import path from 'node:path';
import { canonicalJson, type JsonValue } from '../../internal/operations/json.ts';
import { connectSqlite } from '../../internal/store/sqlite.ts';
import type { PrivateHost } from '../host/private-host.ts';

/** All that an operation could leave somewhere, a line for each thing, what differs from run to run taken out of it. */
export type World = readonly string[];

/**
 * Prints the private host: libvirt's objects with their definitions and states, files, packet filters, addresses. virsh is
 * started twice only, to list the objects and to ask for everything about them; not with -q, which joins what echo prints to
 * the line that follows.
 */
const inspect = String.raw`
v() { virsh -c qemu:///system "$@" 2>&1; }
tag() { sed "s|^|$1: |"; }
section() { awk -v wanted="$1" '/^=/ { now = substr($1, 2); next } now == wanted && NF { print $1 }' <<< "$lists"; }
lists=$(v 'echo =domains; list --all --uuid; echo =running; list --uuid; echo =pools; pool-list --all --name; echo =networks; net-list --all --name')
ask='echo =rest; secret-list'
for uuid in $(section domains); do
  ask+="; echo =definition; dumpxml --inactive $uuid; echo =domain; snapshot-list $uuid --name; dominfo $uuid"
done
for uuid in $(section running); do ask+="; echo =active; dumpxml $uuid"; done
for pool in $(section pools); do ask+="; echo =pool-$pool; pool-dumpxml $pool; pool-info $pool; vol-list $pool"; done
for network in $(section networks); do
  ask+="; echo =network-$network; net-dumpxml --inactive $network; net-info $network; net-dhcp-leases $network"
done
v "$ask" | grep -v -e '^-*$' -e '<allocation' -e '<available' -e '^CPU time' -e '^Allocation:' -e '^Available:' |
  awk '/^=/ { now = substr($1, 2); next } NF { print now ": " $0 }'
find /etc/libvirt/nwfilter -name 'protium-*' -exec cat {} + 2>/dev/null | tag filter
find /var/lib/libvirt /etc/libvirt/qemu /var/log/libvirt/qemu "$1" -type f 2>/dev/null | tag file
cat /var/lib/libvirt/dnsmasq/*.hostsfile /var/lib/libvirt/dnsmasq/*.addnhosts 2>/dev/null | tag dnsmasq
nft list ruleset 2>/dev/null | sed -E 's/packets [0-9]+ bytes [0-9]+//; s/# handle [0-9]+//' | tag nft
ip -o -4 address show dev lo | awk '{print $4}' | tag address
ip -o link | awk '{print $2}' | tag link
find "$2" -path '*/devices/*/driver' -printf '%p -> %l\n' 2>/dev/null | tag driver
`;

/** What other daemons, caches and logs do there all the time. */
const notOurs =
  /file: (\/var\/lib\/libvirt\/(dnsmasq\/|qemu\/(domain-|channel\/|ram\/|checkpoint|nvram\/?$))|.*\/(guests\.log|daemon\.lock.*|protium\.db.*|.*-(wal|shm)|random-seed|(floating-addresses|port-forwards)\.nft\.json|client-authority\/.*|secret.*|qemu\/networks\/autostart.*)$)/;

/** What libvirt sets up for the first filter of a host, and keeps: chains that lead to those of VMs, empty without them. */
const libvirtsFrame =
  /^nft: (\s*|\s*\}|\s*chain libvirt-\S+ \{|\s*counter +jump libvirt-\S+|\s*chain (INPUT|OUTPUT|FORWARD|PREROUTING|POSTROUTING) \{|\s*type filter hook .*|table (ip|ip6|bridge) (filter|nat) \{)$/;

/** Rows that tell of the past, which a crash is part of. */
const history =
  /^(operation|operation_step|operation_resource|usage_run|usage_clock|floating_last|audit_.*)$/;

/** @param stateDirectory of the daemon on it; null: there is none */
export async function readWorld(
  host: PrivateHost,
  stateDirectory: string | null,
  devices = '/nonexistent',
): Promise<World> {
  const places = [stateDirectory ?? '/nonexistent', devices];
  const { stdout } = await host.run('bash', ['-c', inspect, 'inspect', ...places], { reject: false });
  const lines = stdout
    .split('\n')
    .filter((line) => line !== '' && !notOurs.test(line) && !libvirtsFrame.test(line));
  const database = stateDirectory === null ? [] : rows(stateDirectory);
  return [...withoutLeases(lines), ...database].map(withoutIdentity).sort();
}

/** A guest asks for its address when it pleases: only a DHCP lease that no domain has is left behind. */
function withoutLeases(lines: readonly string[]): readonly string[] {
  const macs = lines.flatMap((line) => /^(?:active|definition): .*<mac address='(.*)'/.exec(line)?.[1] ?? []);
  return lines.filter(
    (line) => !/^network-\S+: .* ipv4 /.test(line) || !macs.some((mac) => line.includes(mac)),
  );
}

/** Of JSON in the metadata of a domain the order of the names is no matter. */
function withSortedNames(line: string): string {
  return line.replace(/(?<=<protium:(\w+)>)[{[].*(?=<\/protium:\1>)/, (json) =>
    canonicalJson(JSON.parse(json) as JsonValue),
  );
}

/** The same things under other names are the same: uuids, addresses, times, and what libvirt counts. */
function withoutIdentity(line: string): string {
  return withSortedNames(line)
    .replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, 'UUID')
    .replaceAll(/\b[0-9a-f]{32}\b/g, 'ID')
    .replaceAll(/<serial>[0-9a-f]{20}</g, '<serial>ID<')
    .replaceAll(/(?:[0-9a-f]{2}:){5}[0-9a-f]{2}/gi, 'MAC')
    .replaceAll(/\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?Z?/g, 'TIME')
    .replaceAll(/\$[0-9y]\$[A-Za-z0-9./$]+/g, 'HASH')
    .replaceAll(/203\.0\.113\.[0-9]+/g, 'FLOATING')
    .replaceAll(/lease-[0-9a-f]{8}/g, 'lease-ID')
    .replaceAll(/booking-alice-[0-9a-f]{8}/g, 'booking-alice-ID')
    .replaceAll(/audit-\d{12}-\d{12}/g, 'audit-N')
    .replaceAll(/\b1[6-9]\d{8}(?:\d{3})?\b/g, 'TIME')
    .replaceAll(/ request="[\w-]{43}"/g, ' request="DIGEST"')
    .replaceAll(/(<protium:ssh-host-key>\S+) [^<]+/g, '$1 KEY')
    .replaceAll(/vnet\d+/g, 'VNET')
    .replaceAll(/\/dev\/pts\/\d+/g, 'PTY')
    .replaceAll(/domain-\d+-/g, 'domain-N-')
    .replaceAll(/ id='\d+'/g, '')
    .replaceAll(/^domain: Id: .*/g, 'domain: Id')
    .replaceAll(/ +/g, ' ')
    .replaceAll(/port='59\d\d'/g, 'PORT')
    .replaceAll(/libvirt-[0-9]+-/g, 'libvirt-N-')
    .replaceAll(/("etag":|etag=)"[^"]*"/g, 'ETAG');
}

function rows(stateDirectory: string): string[] {
  const database = connectSqlite(path.join(stateDirectory, 'protium.db'));
  try {
    database.exec('PRAGMA busy_timeout = 5000');
    const tables = database
      .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
      .all() as { name: string }[];
    return tables
      .filter(({ name }) => !history.test(name))
      .flatMap(({ name }) =>
        database
          .prepare(`SELECT * FROM "${name}"`)
          .all()
          .map((row) => `row of ${name}: ${JSON.stringify(row, shown)}`),
      );
  } finally {
    database.close();
  }
}

/** What is random, and numbers of rows and of their changes, differ from run to run. */
function shown(key: string, value: unknown): unknown {
  if (value instanceof Uint8Array) return 'BYTES';
  // Who uses a key does so whatever becomes of what it is used for.
  if (key.startsWith('last_used_')) return 'USE';
  const isRandom =
    /^(id|sequence|version|serial|access_key|public_key|fingerprint|request_digest|.*_hash)$/.test(key);
  return isRandom && value !== null ? 'ID' : value;
}

/** What of `now` was not there in `before`, as often as it is there more often, with `+`, and the other way round with `-`. */
export function difference(before: World, now: World): World {
  const counts = new Map<string, number>();
  for (const line of now) counts.set(line, (counts.get(line) ?? 0) + 1);
  for (const line of before) counts.set(line, (counts.get(line) ?? 0) - 1);
  return [...counts]
    .flatMap(([line, count]) =>
      Array.from({ length: Math.abs(count) }, () => `${count > 0 ? '+' : '-'} ${line}`),
    )
    .sort();
}

/** Operations that have not ended, or have left something behind. */
export function unsettled(stateDirectory: string): readonly string[] {
  const database = connectSqlite(path.join(stateDirectory, 'protium.db'));
  try {
    database.exec('PRAGMA busy_timeout = 5000');
    const found = database
      .prepare(
        `SELECT kind, state FROM operation WHERE ended_at IS NULL
           OR sequence IN (SELECT operation FROM operation_step WHERE state = 'undo-failed')`,
      )
      .all() as { kind: string; state: string }[];
    return found.map(({ kind, state }) => `${kind} ${state}`);
  } finally {
    database.close();
  }
}
