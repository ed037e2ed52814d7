import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';
import { ProtiumError } from '../../errors/protium-error.ts';

/** What may be downloaded from. */
export interface DownloadPolicy {
  /** http is allowed beside https. */
  readonly allowHttp: boolean;
  /** `host:port` of servers that may be at any address, e.g. `127.0.0.1:8080`, `[::1]:80`, `mirror.lan:443`. */
  readonly allowedHosts: readonly string[];
}

/**
 * Is it an address of the public internet? Everything else could be a service that trusts this host: loopback, private,
 * link-local, unique-local, shared, multicast and reserved ones, also where IPv6 wraps an IPv4 address.
 */
export function isPublicAddress(address: string): boolean {
  const parsed = parseAddress(address);
  if (parsed === null) return false;
  if (!(parsed instanceof ipaddr.IPv6)) return parsed.range() === 'unicast';
  // NAT64 by its well-known prefix: what counts is the IPv4 address within.
  if (parsed.match(ipaddr.IPv6.parse('64:ff9b::'), 96)) {
    return new ipaddr.IPv4(parsed.toByteArray().slice(12)).range() === 'unicast';
  }
  // Global unicast is 2000::/3 alone (RFC 4291 and IANA's registry).
  return parsed.range() === 'unicast' && parsed.match(ipaddr.IPv6.parse('2000::'), 3);
}

/** IPv6 without dots first: ipaddr.js takes `::1.2.3.4` for an IPv4 address, the kernel does not. */
function parseAddress(address: string): ipaddr.IPv4 | ipaddr.IPv6 | null {
  if (isIP(address) === 4) return ipaddr.IPv4.parse(address);
  const bracketed = `http://[${address}]`;
  if (isIP(address) !== 6 || !URL.canParse(bracketed)) return null;
  return ipaddr.process(new URL(bracketed).hostname.slice(1, -1));
}

/** Does the policy name this very server, so that its address does not matter? */
export function isAllowedHost(url: URL, { allowedHosts }: DownloadPolicy): boolean {
  const port = url.port === '' ? (url.protocol === 'https:' ? '443' : '80') : url.port;
  return allowedHosts.includes(`${url.hostname}:${port}`);
}

/**
 * Checks what can be seen from a URL; a host name's addresses are checked when they are looked up.
 *
 * @throws ProtiumError `argument-invalid`, `address-forbidden`
 */
export function requireAllowedUrl(url: URL, policy: DownloadPolicy): void {
  if (url.username !== '' || url.password !== '') {
    throw new ProtiumError(
      'argument-invalid',
      'A URL with a user or password is not taken: it would be kept and shown. Download the file and import it from there.',
    );
  }
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && policy.allowHttp)) {
    throw new ProtiumError(
      'address-forbidden',
      `${shownUrl(url)} is not https. Whoever controls the network could change the image; ` +
        'set PROTIUM_IMAGE_ALLOW_HTTP=1 to accept that.',
      { details: { url: shownUrl(url) } },
    );
  }
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  if (isIP(host) !== 0 && !isPublicAddress(host) && !isAllowedHost(url, policy)) {
    throw forbiddenAddress(url, [host]);
  }
}

export function forbiddenAddress(url: URL, addresses: readonly string[]): ProtiumError {
  return new ProtiumError(
    'address-forbidden',
    `${url.host} is at ${addresses.join(', ')}, which is no address of the public internet. ` +
      'Add it to PROTIUM_IMAGE_ALLOWED_HOSTS as host:port if images may come from there.',
    { details: { url: shownUrl(url), addresses } },
  );
}

/** A URL as it may be shown and logged: query strings carry tokens. */
export function shownUrl(url: URL): string {
  return `${url.origin}${url.pathname}`;
}
