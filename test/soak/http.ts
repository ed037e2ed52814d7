import http from 'node:http';
import { setTimeout } from 'node:timers/promises';

export interface Answer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: Readonly<Record<string, unknown>>;
}

export interface SoakClient {
  call(
    method: string,
    route: string,
    body?: unknown,
    headers?: Readonly<Record<string, string>>,
  ): Promise<Answer>;
  /** Sends a request and goes away, in the middle of the body or before the answer. */
  abandon(method: string, route: string, body: unknown, afterMs: number): Promise<void>;
  /** Calls, and waits for the operation that this begins; resolves with its last state, null where none was begun. */
  finish(method: string, route: string, body?: unknown): Promise<string | null>;
}

const longestMs = 120_000;

export function soakClient(socketPath: string): SoakClient {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 16 });
  const begin = (method: string, route: string, body: unknown, headers: Readonly<Record<string, string>>) => {
    const text = body === undefined ? undefined : JSON.stringify(body);
    const type =
      text === undefined
        ? {}
        : { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(text) };
    const request = http.request({
      agent,
      socketPath,
      method,
      path: route,
      headers: { Host: 'localhost', ...type, ...headers },
    });
    return { request, text };
  };
  const call: SoakClient['call'] = (method, route, body, headers = {}) =>
    new Promise((resolve, reject) => {
      const { request, text } = begin(method, route, body, headers);
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
      request.end(text);
    });
  return {
    call,
    async abandon(method, route, body, afterMs) {
      const { request, text = '' } = begin(method, route, body, {});
      request.on('error', () => undefined);
      request.on('response', (response) => response.resume().on('error', () => undefined));
      request.write(text.slice(0, Math.ceil(text.length / 2)));
      if (afterMs > 0) request.end(text.slice(Math.ceil(text.length / 2)));
      await setTimeout(afterMs);
      request.destroy();
    },
    async finish(method, route, body) {
      const { status, headers } = await call(method, route, body);
      const { location } = headers;
      if (status !== 202 || location === undefined) return null;
      const waited = await call('GET', `${location}/wait?timeoutSeconds=60`);
      const operation = waited.body['operation'];
      return typeof operation === 'object' && operation !== null
        ? String(Reflect.get(operation, 'state'))
        : null;
    },
  };
}
