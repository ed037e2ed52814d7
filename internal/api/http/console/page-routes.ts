import { randomBytes } from 'node:crypto';
import type { Router } from 'express';
import { contentPolicy } from '../safe-headers.ts';
import { pageFiles } from './page-files.ts';

/**
 * The WebSocket is of the same origin. xterm.js makes style elements, which page.js gives the nonce, and colours cells by
 * style attributes.
 */
const allowed = {
  'script-src': "'self'",
  'style-src-attr': "'unsafe-inline'",
  'connect-src': "'self'",
  'img-src': "'self' data: blob:",
  'font-src': "'self'",
};

/** `GET /console` and what it loads: a console of an instance, in a browser. */
export function addConsolePage(router: Router): void {
  for (const [address, { type, read }] of pageFiles()) {
    router.get(address, (_request, response) => {
      const nonce = randomBytes(18).toString('base64');
      const content = read();
      const isPage = type.startsWith('text/html');
      const body = isPage ? Buffer.from(content.toString('utf8').replace('{{nonce}}', nonce)) : content;
      response.writeHead(200, {
        'Content-Type': type,
        'Content-Length': body.length,
        'Cache-Control': isPage ? 'no-store' : 'no-cache',
        'Content-Security-Policy': contentPolicy({ ...allowed, 'style-src-elem': `'self' 'nonce-${nonce}'` }),
      });
      response.end(body);
    });
  }
}
