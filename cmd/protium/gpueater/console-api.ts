import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { buffer } from 'node:stream/consumers';
import { exitOf } from '../exit-codes.ts';
import { Failure } from '../failure.ts';

/** Where GPUEater's console API is served, and by what a program is let in. */
export interface ConsoleApi {
  /** Calls a route below /console/servers. Rejects with a Failure that has what the daemon says. */
  call(
    method: 'GET' | 'POST',
    route: string,
    fields: ReadonlyMap<string, string>,
    options?: { readonly timeoutMs?: number },
  ): Promise<ConsoleAnswer>;
}

/** What a function answered: data, or a file. */
export type ConsoleAnswer = { readonly data: unknown } | { readonly file: Buffer; readonly fileName: string };

/**
 * @param url as GPUEATER_URL: with the access key and its secret before the host
 * @throws Failure `usage`
 */
export function consoleApi(url: string): ConsoleApi {
  const base = URL.canParse(url) ? new URL(url) : null;
  if (base === null || (base.protocol !== 'http:' && base.protocol !== 'https:')) {
    throw new Failure('usage', 'GPUEATER_URL is like http://ACCESS:SECRET@127.0.0.1:9021.', {
      exit: 'usage',
    });
  }
  const [user, password] = [base.username, base.password].map(decodeURIComponent);
  const authorization = `Basic ${Buffer.from(`${user ?? ''}:${password ?? ''}`).toString('base64')}`;
  const place = `${base.origin}${base.pathname.replace(/\/+$/, '')}/console/servers`;
  return {
    async call(method, route, fields, { timeoutMs } = {}) {
      const form = new URLSearchParams([...fields]).toString();
      const asked = `${place}${route}${method === 'GET' && form !== '' ? `?${form}` : ''}`;
      const response = await exchange(asked, {
        method,
        headers: {
          Authorization: authorization,
          'User-Agent': 'Protium',
          ...(method === 'POST'
            ? {
                'Content-Type': 'application/x-www-form-urlencoded',
                'Content-Length': Buffer.byteLength(form),
              }
            : {}),
        },
        body: method === 'POST' ? form : '',
        timeoutMs,
      }).catch((error: unknown) => {
        const reason = error instanceof Error ? error.message : String(error);
        throw new Failure('unreachable', `${base.host} does not answer: ${reason}`, { exit: 'unreachable' });
      });
      return answerOf(response.message, response.body, route);
    },
  };
}

/** Node's own client: fetch gives up after five minutes, and a launch may take longer. */
function exchange(
  url: string,
  options: {
    readonly method: string;
    readonly headers: Readonly<Record<string, string | number>>;
    readonly body: string;
    readonly timeoutMs: number | undefined;
  },
): Promise<{ readonly message: IncomingMessage; readonly body: Buffer }> {
  const { method, headers, body, timeoutMs } = options;
  return new Promise((resolve, reject) => {
    const send = url.startsWith('https:') ? httpsRequest : httpRequest;
    const signal = timeoutMs === undefined ? {} : { signal: AbortSignal.timeout(timeoutMs) };
    const request = send(url, { method, headers, ...signal }, (message) => {
      buffer(message).then((read) => resolve({ message, body: read }), reject);
    });
    request.once('error', reject);
    request.end(body);
  });
}

function answerOf(message: IncomingMessage, body: Buffer, route: string): ConsoleAnswer {
  const { statusCode = 0, headers } = message;
  if (statusCode >= 300 && statusCode < 400) {
    throw new Failure(
      'permission-denied',
      'The access key is unknown, wrong or revoked: protium gpueater url --user NAME makes a new one.',
      { exit: 'refused' },
    );
  }
  const type = headers['content-type'] ?? '';
  if (!type.startsWith('application/json')) {
    const [, fileName = 'answer'] = /filename="([^"/\\]+)"/.exec(headers['content-disposition'] ?? '') ?? [];
    if (statusCode === 200) return { file: body, fileName };
    throw new Failure('failed', `${route} answered ${statusCode}, which GPUEater's API never does.`);
  }
  const { data, error } = parsed(body.toString('utf8'));
  if (error === null || error === undefined) return { data };
  const code = codesByStatus.get(statusCode) ?? 'failed';
  throw new Failure(code, typeof error === 'string' ? error : JSON.stringify(error), { exit: exitOf(code) });
}

/** The dialect tells errors by sentence; for the exit code their status is enough. */
const codesByStatus: ReadonlyMap<number, string> = new Map([
  [400, 'argument-invalid'],
  [403, 'permission-denied'],
  [404, 'not-found'],
  [405, 'method-not-allowed'],
  [409, 'state-conflict'],
  [422, 'host-incapable'],
  [507, 'storage-full'],
]);

function parsed(text: string): { readonly data?: unknown; readonly error?: unknown } {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return value;
  } catch {
    // Told below.
  }
  throw new Failure('failed', 'The answer is not of the form {"data": …, "error": …}.');
}
