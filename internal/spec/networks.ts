import { Entry } from './entry.ts';
import { isList, isObject, list, oneOf, own, problem, type Problem, type Reader } from './reading.ts';
import type { NetworkRequest } from './spec.ts';

export const mostNetworks = 16;
export const uidPattern = '[A-Za-z0-9._:-]{1,64}';
export const macPattern = '[0-9A-Fa-f]{2}(?::[0-9A-Fa-f]{2}){5}';

const uidForm = new RegExp(`^${uidPattern}$`);
const macForm = new RegExp(`^${macPattern}$`);
const uidAllowed = 'the uuid or name of a libvirt network, or the name of its bridge';
/** Spot's words. */
const kinds = { natted: 'natted', public: 'public', private: 'private' } as const;
/** Of Spot's networks; the host's networks have their own addresses. */
const notApplied = ['ipv4', 'ipv6', 'open_ports'];
/** What AtomOS's answers tell of a network. */
const told = ['name', 'uuid', 'servers', 'type', 'mode', 'interface', 'source', 'model'];

const uidReader: Reader<string | null> = (value) => {
  const uid = typeof value === 'string' ? value.trim() : '';
  if (uidForm.test(uid)) return { value: uid };
  return problem(value, 'This names no network.', { allowed: uidAllowed });
};

/** Only a unicast address is a NIC's own. */
const macReader: Reader<string | null> = (value) => {
  const mac = typeof value === 'string' ? value.trim().toLowerCase() : '';
  const multicast = (Number.parseInt(mac.slice(0, 2), 16) & 1) === 1;
  if (macForm.test(mac) && !multicast && /[1-9a-f]/.test(mac)) return { value: mac };
  return problem(value, 'This must be the MAC address of one NIC (unicast).', {
    allowed: 'six pairs of hexadecimal digits with colons, the second digit even, e.g. 52:54:00:12:34:56',
  });
};

/** One entry: `{network_uid}`, a bare uid, or Spot's `{kind, network_uid}`, where `natted` alone is the default network. */
const networkReader: Reader<NetworkRequest> = (value) => {
  if (!isObject(value)) {
    const uid = uidReader(value);
    return 'value' in uid && uid.value !== null
      ? { value: { uid: uid.value, mac: null } }
      : problem(value, 'This names no network; write {"network_uid": "..."}.', { allowed: uidAllowed });
  }
  const entry = new Entry(value, told);
  const kind = entry.read<string | null>(['kind'], oneOf<string>(kinds), null);
  const named = entry.read(['network_uid', 'network_uuid', 'uid'], uidReader, null);
  const mac = entry.read(['mac'], macReader, null);
  for (const name of notApplied) {
    if (entry.has(name) && !isEmptyList(own(value, name)))
      entry.notices.push({ at: `.${name}`, message: 'is not applied: the network decides it' });
  }
  entry.noteUnknown();
  const uid = named ?? (kind === 'natted' ? 'default' : null);
  if (uid === null && entry.problems.length === 0) {
    const what = kind === null ? 'an entry' : `a ${kind} network`;
    return problem(value, `For ${what} of networks, network_uid says which network of this host it is.`, {
      at: '.network_uid',
      allowed: `${uidAllowed}; or {"kind": "natted"} for the default network`,
    });
  }
  if (uid === null || entry.problems.length > 0) return { problems: entry.problems };
  return { value: { uid, mac }, notices: entry.notices };
};

function isEmptyList(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0;
}

export const networksReader: Reader<readonly NetworkRequest[]> = (value) => {
  const read = list(networkReader, mostNetworks)(value);
  if ('problems' in read) return read;
  const problems: Problem[] = [];
  read.value.forEach(({ mac }, index) => {
    if (mac !== null && read.value.findIndex((other) => other.mac === mac) < index)
      problems.push({ at: `[${index}].mac`, value: mac, message: 'Two NICs have this MAC address.' });
  });
  return problems.length > 0 ? { problems } : read;
};

/** They never had a meaning: only an empty list is accepted. */
export const netdevsReader: Reader<null> = (value) =>
  isList(value) && value.length === 0
    ? { value: null }
    : problem(value, 'netdevs is unsupported: it never had a meaning. Use networks.', { allowed: '[]' });
