import { createHash } from 'node:crypto';
import http from 'node:http';
import type { AddressInfo } from 'node:net';

/** What one request is answered with, and what goes wrong. */
export interface ServedFile {
  readonly content: Buffer;
  /** Default: made of the content. null: none. */
  readonly etag?: string | null;
  /** The connection is cut after so many bytes of the answer. */
  readonly cutAfter?: number;
  /** Nothing more comes after so many bytes of the answer. */
  readonly stallAfter?: number;
  /** Without Content-Length. */
  readonly chunked?: boolean;
  /** Answers every Range with the whole file. */
  readonly ignoreRange?: boolean;
}

export type Answer =
  | ServedFile
  | { readonly status: number; readonly location?: string }
  | ((request: http.IncomingMessage, response: http.ServerResponse) => void);

export interface FileServer {
  /** `127.0.0.1:PORT` */
  readonly host: string;
  readonly url: (path: string) => string;
  /** Paths and ranges that were asked for, in order: `/a`, `/a bytes=5-`. */
  readonly requests: string[];
  /** What a path answers; a list: one answer after the other, the last one for ever. */
  serve(path: string, ...answers: readonly Answer[]): void;
  close(): Promise<void>;
}

/** A web server on loopback whose connections can fail as real ones do. */
export async function startFileServer(): Promise<FileServer> {
  const answers = new Map<string, Answer[]>();
  const requests: string[] = [];
  const server = http.createServer((request, response) => {
    const path = request.url ?? '';
    requests.push(request.headers.range === undefined ? path : `${path} ${request.headers.range}`);
    const [next, ...later] = answers.get(path) ?? [];
    if (next === undefined) response.writeHead(404).end();
    else {
      if (later.length > 0) answers.set(path, later);
      answer(next, request, response);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    host,
    url: (path) => `http://${host}${path}`,
    requests,
    serve: (path, ...list) => void answers.set(path, [...list]),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function answer(next: Answer, request: http.IncomingMessage, response: http.ServerResponse): void {
  if (typeof next === 'function') {
    next(request, response);
    return;
  }
  if ('status' in next) {
    response.writeHead(next.status, next.location === undefined ? {} : { Location: next.location }).end();
    return;
  }
  const { content, cutAfter, stallAfter, chunked, ignoreRange } = next;
  const etag = next.etag === undefined ? `"${createHash('md5').update(content).digest('hex')}"` : next.etag;
  const [, from = '0'] = /^bytes=(\d+)-$/.exec(request.headers.range ?? '') ?? [];
  const partial =
    request.headers.range !== undefined && request.headers['if-range'] === etag && ignoreRange !== true;
  const body = partial ? content.subarray(Number(from)) : content;
  response.writeHead(partial ? 206 : 200, {
    ...(etag === null ? {} : { ETag: etag }),
    ...(chunked === true ? {} : { 'Content-Length': body.length }),
    ...(partial ? { 'Content-Range': `bytes ${from}-${content.length - 1}/${content.length}` } : {}),
  });
  if (cutAfter !== undefined) {
    response.write(body.subarray(0, cutAfter), () => response.socket?.destroy());
  } else if (stallAfter !== undefined) {
    response.write(body.subarray(0, stallAfter));
  } else {
    response.end(body);
  }
}
