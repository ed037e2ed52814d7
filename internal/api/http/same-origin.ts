import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import { isLoopback } from '../../identity/local/local-peers.ts';
import { hostname } from 'node:os';
import type { NextFunction, Request, Response } from 'express';
import { ProtiumError } from '../../errors/protium-error.ts';

/**
 * Keeps web pages of other sites out (otherSite).
 *
 * @param names besides the machine's own, under which it is reached over loopback; in lower case
 */
export function refuseOtherSites(names: readonly string[] = []) {
  return (request: Request, _response: Response, next: NextFunction): void => {
    const refusal = otherSite(request, names);
    if (refusal !== null) throw refusal;
    next();
  };
}

/**
 * Why a request is refused as coming from another site; null: it is not. A browser on this machine reaches loopback too, and
 * would carry requests of any web page. Refused are requests that a browser marks as coming from another site, and, on
 * loopback, host names that are not this machine's own (a name of the other site that it lets point here). Other clients are
 * not affected.
 */
export function otherSite(
  { headers, socket }: Pick<IncomingMessage, 'headers' | 'socket'>,
  names: readonly string[] = [],
): ProtiumError | null {
  const { origin, host = '', 'sec-fetch-site': site } = headers;
  if ((origin !== undefined && !isOriginOf(origin, host)) || site === 'cross-site' || site === 'same-site') {
    return new ProtiumError(
      'origin-forbidden',
      'Web pages of other sites may not use this server. Call it from a program, or from its own pages.',
      { details: { origin: origin ?? '' } },
    );
  }
  const name = hostNameOf(host);
  if (isLoopback(socket.localAddress ?? '') && !isOwnName(name) && !names.includes(name)) {
    return new ProtiumError(
      'origin-forbidden',
      `This server is reached over loopback under the name "${name}", which is not this machine's. ` +
        'Use localhost, an address or the host name, or name it in PROTIUM_HTTP_NAMES.',
      { details: { host } },
    );
  }
  return null;
}

function isOriginOf(origin: string, host: string): boolean {
  return origin === `http://${host}` || origin === `https://${host}`;
}

/** `host`, `host:port` or `[address]:port` without the port, in lower case. */
export function hostNameOf(host: string): string {
  const bracketed = /^\[([^\]]*)\]/.exec(host);
  return (bracketed?.[1] ?? host.replace(/:\d*$/, '')).toLowerCase();
}

/** Whether this machine may be called so by who reaches it over loopback. In lower case, without port. */
export function isOwnName(name: string): boolean {
  return (
    name === '' || // HTTP/1.0 and hand-written requests; no browser
    isIP(name) !== 0 ||
    name === 'localhost' ||
    name.endsWith('.localhost') ||
    isHostname(name)
  );
}

/** Asks the kernel, each time: the name may change. */
function isHostname(name: string): boolean {
  const own = hostname().toLowerCase();
  return name === own || name === own.split('.', 1)[0];
}
