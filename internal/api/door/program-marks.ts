import type { IncomingHttpHeaders } from 'node:http';
import { hostNameOf, isOwnName } from '../http/same-origin.ts';

/**
 * What tells that a request over loopback was not sent by a program for itself: a browser, which any web page can make send
 * requests, or a proxy of this machine, which sends those of others.
 */
const marks =
  /^(?:origin|referer|sec-fetch-(?:site|dest|user)|via|forwarded|x-forwarded-.*|x-real-ip|access-control-.*)$/;

/**
 * Pure, but for the machine's name.
 *
 * @param host as the request names it, with or without port
 * @param names besides the machine's own, under which it is reached over loopback
 */
export function mayBeBrowserOrProxy(
  headers: IncomingHttpHeaders,
  host: string,
  names: readonly string[],
): boolean {
  // Browsers of today and of long ago call themselves so.
  if (headers['user-agent']?.startsWith('Mozilla/') === true) return true;
  // Node's fetch sends this one, and nothing else of its kind.
  if ((headers['sec-fetch-mode'] ?? 'cors') !== 'cors') return true;
  for (const name in headers) if (marks.test(name)) return true;
  // A name of another site that was made to lead here.
  const name = hostNameOf(host);
  return !isOwnName(name) && !names.includes(name);
}
