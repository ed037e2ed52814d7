import { boolean, isObject, list, own, problem, type Read, type Reader } from './reading.ts';
import type { JsonValue, NetworkRequest } from './spec.ts';

const mostNetworks = 16;

const uidReader = (value: JsonValue | undefined): string | null =>
  typeof value === 'string' && /^[A-Za-z0-9._:-]{1,64}$/.test(value.trim()) ? value.trim() : null;

/** One entry: `{network_uid}`, a bare uid, or Spot's `{kind, network_uid}`. */
const networkReader: Reader<NetworkRequest> = (value) => {
  const allowed = 'the uuid or name of a libvirt network, or the name of its bridge';
  const kind = own(value, 'kind');
  const uid = isObject(value) ? (own(value, 'network_uid') ?? own(value, 'uid')) : value;
  if ((uid === undefined || uid === null) && (kind === undefined || kind === 'natted')) {
    if (isObject(value) && kind === 'natted') return { value: { uid: 'default', mac: macOf(value) } };
  }
  const read = uidReader(uid ?? undefined);
  if (read === null) {
    return problem(uid ?? kind, 'This names no network; give network_uid.', {
      at: isObject(value) ? '.network_uid' : '',
      allowed,
    });
  }
  return { value: { uid: read, mac: macOf(value) } };
};

function macOf(value: JsonValue): string | null {
  const mac = own(value, 'mac');
  return typeof mac === 'string' && /^[0-9a-f]{2}(?::[0-9a-f]{2}){5}$/.test(mac.toLowerCase())
    ? mac.toLowerCase()
    : null;
}

/**
 * `networks` counts; without it `has_network: false` means none, and anything else the default network.
 * `netdevs` never had a meaning: only an empty one is accepted.
 */
export function readNetworks(
  networks: JsonValue | undefined,
  hasNetwork: JsonValue | undefined,
): Read<readonly NetworkRequest[] | null> {
  if (networks !== undefined && networks !== null) {
    const read = list(networkReader, mostNetworks)(networks);
    if ('problems' in read || read.value.length > 0) return read;
  }
  if (hasNetwork === undefined || hasNetwork === null) return { value: null };
  const has = boolean(hasNetwork);
  if ('problems' in has) return has;
  return { value: has.value ? null : [] };
}
