import { lookup as systemLookup, type LookupAddress } from 'node:dns';
import http, { type IncomingMessage } from 'node:http';
import https from 'node:https';
import type { LookupFunction } from 'node:net';
import { ProtiumError } from '../../errors/protium-error.ts';
import {
  forbiddenAddress,
  isAllowedHost,
  isPublicAddress,
  requireAllowedUrl,
  shownUrl,
  type DownloadPolicy,
} from './address-policy.ts';
import { isPassing, TemporaryFailure } from './temporary-failure.ts';

export interface OpenOptions {
  readonly policy: DownloadPolicy;
  readonly signal: AbortSignal;
  /** Gives up when nothing comes for so long, while connecting and afterwards. */
  readonly stallMs: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** All addresses of a host name. Default: the system's. */
  readonly resolve?: (hostname: string) => Promise<readonly LookupAddress[]>;
}

export interface OpenedUrl {
  readonly response: IncomingMessage;
  /** Where the redirects have led. */
  readonly url: URL;
}

const mostRedirects = 10;

/**
 * Sends a GET and follows redirects; each host on the way must be allowed, and the connection goes to an address that was
 * checked, not to what a second look-up may give.
 *
 * @throws ProtiumError `address-forbidden`, `argument-invalid`, `download-failed`; TemporaryFailure
 */
export async function openUrl(first: URL, options: OpenOptions): Promise<OpenedUrl> {
  let url = first;
  for (let redirects = 0; redirects <= mostRedirects; redirects += 1) {
    requireAllowedUrl(url, options.policy);
    const response = await send(url, options);
    const { location } = response.headers;
    if (!redirectStatuses.has(response.statusCode ?? 0) || location === undefined) return { response, url };
    response.destroy();
    if (!URL.canParse(location, url.href)) {
      throw new ProtiumError('download-failed', `${shownUrl(url)} leads to something that is no URL.`);
    }
    url = new URL(location, url);
  }
  throw new ProtiumError(
    'download-failed',
    `${shownUrl(first)} leads from one place to the next, more than ${mostRedirects} times.`,
    { details: { url: shownUrl(first) } },
  );
}

const redirectStatuses: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

function send(url: URL, options: OpenOptions): Promise<IncomingMessage> {
  const { signal, stallMs, headers = {} } = options;
  return new Promise((resolve, reject) => {
    const fail = (error: unknown): void => {
      reject(signal.aborted ? (signal.reason as Error) : asFailure(error, url));
    };
    const request = (url.protocol === 'https:' ? https : http).get(url, {
      // A connection of its own: a pooled one might go to an address that was checked for another name.
      agent: false,
      lookup: checkedLookup(url, options),
      timeout: stallMs,
      signal,
      headers: { 'User-Agent': 'Protium', 'Accept-Encoding': 'identity', ...headers },
    });
    let response: IncomingMessage | undefined;
    request.on('timeout', () => {
      // Once there is a response, its reader is the one to be told.
      (response ?? request).destroy(new TemporaryFailure(`nothing came for ${stallMs / 1000} s`));
    });
    request.on('error', fail);
    request.on('response', (answer) => {
      response = answer;
      resolve(answer);
    });
  });
}

/** Gives the connection only addresses that are allowed: the one it goes to is among them, whatever the DNS says later. */
function checkedLookup(url: URL, { policy, resolve = systemAddresses }: OpenOptions): LookupFunction {
  const anyAddress = isAllowedHost(url, policy);
  return (hostname, { all, family }, callback) => {
    resolve(hostname).then(
      (found) => {
        const asked = found.filter((entry) => !family || family === entry.family);
        const allowed = asked.filter(({ address }) => anyAddress || isPublicAddress(address));
        const [one] = allowed;
        if (one === undefined) {
          const addresses = found.map(({ address }) => address);
          callback(forbiddenAddress(url, addresses), '');
        } else if (all === true) callback(null, [...allowed]);
        else callback(null, one.address, one.family);
      },
      (error: unknown) => callback(error as NodeJS.ErrnoException, ''),
    );
  };
}

function systemAddresses(hostname: string): Promise<readonly LookupAddress[]> {
  return new Promise((resolve, reject) => {
    systemLookup(hostname, { all: true }, (error, addresses) => {
      if (error === null) resolve(addresses);
      else reject(error);
    });
  });
}

/** What went wrong on the way to or from a server, as a failure that tells whether to try again. */
export function asFailure(error: unknown, url: URL): Error {
  if (error instanceof ProtiumError || error instanceof TemporaryFailure) return error;
  const reason = error instanceof Error ? error.message : String(error);
  if (isPassing(error)) return new TemporaryFailure(reason, { cause: error });
  return new ProtiumError('download-failed', `${shownUrl(url)} cannot be downloaded: ${reason}.`, {
    cause: error,
    details: { url: shownUrl(url) },
  });
}
