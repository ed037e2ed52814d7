import type { Router } from 'express';
import { pageFiles } from './page-files.ts';

/**
 * xterm.js makes style elements, hence `unsafe-inline` for styles. The WebSocket is of the same origin. Nobody may put the
 * page into a frame.
 */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "connect-src 'self'",
  "img-src 'self' data: blob:",
  "font-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** `GET /console` and what it loads: a console of an instance, in a browser. */
export function addConsolePage(router: Router): void {
  for (const [address, { type, read }] of pageFiles()) {
    router.get(address, (_request, response) => {
      const body = read();
      response.writeHead(200, {
        'Content-Type': type,
        'Content-Length': body.length,
        'Cache-Control': 'no-cache',
        'Content-Security-Policy': policy,
        'Referrer-Policy': 'no-referrer',
        'X-Content-Type-Options': 'nosniff',
      });
      response.end(body);
    });
  }
}
