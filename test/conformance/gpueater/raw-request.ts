import { connect } from 'node:net';

export interface RawAnswer {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

/** Sends bytes as they are on a connection of their own and reads the answer to its end. */
export function rawRequest(origin: string, lines: readonly string[], body = ''): Promise<RawAnswer> {
  const { hostname, port } = new URL(origin);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname);
    let text = '';
    socket.setEncoding('utf8');
    socket.on('data', (chunk: string) => {
      text += chunk;
      const answer = readAnswer(text);
      if (answer === null) return;
      socket.destroy();
      resolve(answer);
    });
    socket.on('error', reject);
    socket.on('close', () => reject(new Error(`cut: ${text}`)));
    socket.write(`${lines.join('\r\n')}\r\n\r\n${body}`);
  });
}

function readAnswer(text: string): RawAnswer | null {
  const end = text.indexOf('\r\n\r\n');
  if (end === -1) return null;
  const [first = '', ...lines] = text.slice(0, end).split('\r\n');
  const headers = new Map(
    lines.map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()] as const;
    }),
  );
  const body = text.slice(end + 4);
  if (Buffer.byteLength(body) < Number(headers.get('content-length') ?? 0)) return null;
  return { status: Number(first.split(' ')[1]), headers, body };
}

/** What each client sends with a request, in its order; `cookie`: all of Set-Cookie, as they give it back. */
export type Vector = (
  host: string,
  method: 'GET' | 'POST',
  path: string,
  form: string,
  cookie: string | null,
) => readonly string[];

export const python: Vector = (host, method, path, form, cookie) => [
  `${method} ${path} HTTP/1.1`,
  `Host: ${host}`,
  'User-Agent: PythonAPI',
  'Accept-Encoding: gzip, deflate',
  'Accept: */*',
  'Connection: keep-alive',
  ...(cookie === null ? [] : [`cookie: ${cookie}`]),
  ...(method === 'GET'
    ? []
    : [`Content-Length: ${Buffer.byteLength(form)}`, 'Content-Type: application/x-www-form-urlencoded']),
];

export const ruby: Vector = (host, method, path, form, cookie) => [
  `${method} ${path} HTTP/1.1`,
  'User-Agent: RubyAPI',
  ...(cookie === null ? [] : [`Cookie: ${cookie}`]),
  ...(method === 'GET' ? [] : ['Content-Type: application/x-www-form-urlencoded']),
  'Accept-Encoding: gzip;q=1.0,deflate;q=0.6,identity;q=0.3',
  'Accept: */*',
  'Connection: keep-alive',
  'Keep-Alive: 30',
  `Host: ${host}`,
  ...(method === 'GET' ? [] : [`Content-Length: ${Buffer.byteLength(form)}`]),
];
