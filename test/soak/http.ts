import http from 'node:http';
import { setTimeout } from 'node:timers/promises';

export interface Answer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: Readonly<Record<string, unknown>>;
}

export interface SoakClient {
  /** @param body bytes, or what is sent as JSON */
  call(
    method: string,
    route: string,
    body?: unknown,
    headers?: Readonly<Record<string, string>>,
  ): Promise<Answer>;
  /**
   * Sends a request and goes away, in the middle of the body or before the answer. Resolves with the status that came
   * before that, else with `left`.
   */
  abandon(method: string, route: string, body: unknown, afterMs: number): Promise<string>;
  /** Calls, and waits for the operation that this begins; resolves with how it ended, or why none was begun. */
  finish(method: string, route: string, body?: unknown): Promise<string>;
}

const longestMs = 120_000;

export function soakClient(socketPath: string): SoakClient {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 16 });
  const begin = (method: string, route: string, body: unknown, headers: Readonly<Record<string, string>>) => {
    const bytes = Buffer.isBuffer(body) ? body : Buffer.from(body === undefined ? '' : JSON.stringify(body));
    const type =
      body === undefined
        ? {}
        : {
            'Content-Type': Buffer.isBuffer(body) ? 'application/octet-stream' : 'application/json',
            'Content-Length': bytes.length,
          };
    const request = http.request({
      agent,
      socketPath,
      method,
      path: route,
      headers: { Host: 'localhost', ...type, ...headers },
    });
    return { request, bytes };
  };
  const call: SoakClient['call'] = (method, route, body, headers = {}) =>
    new Promise((resolve, reject) => {
      const { request, bytes } = begin(method, route, body, headers);
      request.setTimeout(longestMs, () => request.destroy(new Error(`${method} ${route}: no answer`)));
      request.once('error', reject);
      request.once('response', (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.once('error', reject);
        response.once('end', () => {
          const isJson = (response.headers['content-type'] ?? '').includes('json');
          const all = Buffer.concat(chunks).toString();
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: isJson && all !== '' ? (JSON.parse(all) as Record<string, unknown>) : {},
          });
        });
      });
      request.end(bytes);
    });
  return {
    call,
    async abandon(method, route, body, afterMs) {
      const { request, bytes } = begin(method, route, body, {});
      let outcome = 'left';
      request.on('error', () => undefined);
      request.on('response', (response) => {
        outcome = String(response.statusCode);
        response.resume().on('error', () => undefined);
      });
      const half = Math.ceil(bytes.length / 2);
      request.write(bytes.subarray(0, half));
      if (afterMs > 0) request.end(bytes.subarray(half));
      await setTimeout(afterMs);
      request.destroy();
      return outcome;
    },
    async finish(method, route, body) {
      const begun = await call(method, route, body);
      const { location } = begun.headers;
      if (begun.status !== 202 || location === undefined) return outcomeOf(begun);
      const waited = await call('GET', `${location}/wait?timeoutSeconds=60`);
      const operation = waited.body['operation'] as EndedOperation | undefined;
      if (operation === undefined) return outcomeOf(waited);
      const state = operation.state.replace('OPERATION_STATE_', '').toLowerCase();
      return operation.error === undefined ? state : `${state} ${operation.error.code}`;
    },
  };
}

interface EndedOperation {
  readonly state: string;
  readonly error?: { readonly code: string };
}

/** What came of a request in a few words: its status, and its error where it has one. */
export function outcomeOf({ status, body }: Answer): string {
  const error = body['code'] ?? body['error'];
  return typeof error === 'string' ? `${status} ${error}` : String(status);
}
