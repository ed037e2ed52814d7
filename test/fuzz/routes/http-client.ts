import http from 'node:http';
import { catalogue } from '../../../internal/errors/catalogue.ts';

export interface HttpInput {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer | undefined;
  /** Answers that go on by themselves are left after their beginning. */
  readonly endless?: boolean;
}

interface HttpOutput {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly text: string;
}

/** What the host itself may be short of, whatever was asked: a refusal with a code, not a failure of the daemon. */
const excused: readonly string[] = ['storage-full', 'unsupported', 'agent-missing', 'agent-unresponsive'];

const longestMs = 30_000;

/** Sends requests over kept connections, and looks at the answers. */
export function createHttpClient(origin: string, alsoExcused: readonly string[] = []) {
  const { hostname, port } = new URL(origin);
  const agent = new http.Agent({ keepAlive: true, maxSockets: 8 });
  const allowed = new Set([...excused, ...alsoExcused]);
  return {
    async check(input: HttpInput): Promise<void> {
      const output = await send(input);
      if (output !== null) examine(output, allowed);
    },
    close: () => agent.destroy(),
  };

  function send(input: HttpInput): Promise<HttpOutput | null> {
    return new Promise((resolve, reject) => {
      let request: http.ClientRequest;
      try {
        request = http.request({
          agent,
          hostname,
          port,
          method: input.method,
          path: input.path,
          headers: { Host: `localhost:${port}`, ...input.headers },
        });
      } catch (thrown) {
        const error = thrown as NodeJS.ErrnoException;
        // Node itself sends no such path or header; the target of raw bytes does.
        if (error.code?.startsWith('ERR_') === true) resolve(null);
        else reject(error);
        return;
      }
      const timer = setTimeout(
        () => request.destroy(new Error(`No answer within ${longestMs} ms.`)),
        longestMs,
      );
      request.once('close', () => clearTimeout(timer));
      request.once('error', (error: NodeJS.ErrnoException) => {
        // What is refused before its end, a body or a head that is too long (431), may find the connection closed.
        const isLong =
          input.body !== undefined || JSON.stringify([input.path, input.headers]).length > http.maxHeaderSize;
        if (isLong && (error.code === 'EPIPE' || error.code === 'ECONNRESET')) resolve(null);
        else reject(error);
      });
      request.once('response', (response) => {
        const chunks: Buffer[] = [];
        const done = (): void =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            text: Buffer.concat(chunks).toString('utf8'),
          });
        if (input.endless === true && response.statusCode === 200) {
          done();
          request.destroy();
          return;
        }
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.once('end', done);
        response.once('error', reject);
      });
      request.end(input.body);
    });
  }
}

function examine({ status, headers, text }: HttpOutput, allowed: ReadonlySet<string>): void {
  if (headers['x-evil'] !== undefined) throw new Error('A header came from the request.');
  const isJson = (headers['content-type'] ?? '').includes('json');
  const body = isJson && text !== '' ? (JSON.parse(text) as unknown) : null;
  if (/\n {4}at |node_modules|\/internal\/[a-z]/.test(text) && status >= 400) {
    throw new Error(`The answer tells of the program's inside: ${text.slice(0, 300)}`);
  }
  const code = codeOf(body);
  const isExcused = code !== null && allowed.has(code);
  if (status >= 500 && !isExcused) throw new Error(`${status}: ${text.slice(0, 600)}`);
}

function codeOf(body: unknown): string | null {
  if (typeof body !== 'object' || body === null) return null;
  const code: unknown = Reflect.get(body, 'code');
  return typeof code === 'string' && code in catalogue ? code : null;
}
