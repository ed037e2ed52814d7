import { createHash } from 'node:crypto';
import type { Response, Router } from 'express';
import { readInstalledFile } from '../../installed-file.ts';
import type { OpenApi } from './open-api.ts';
import { contentPolicy } from '../safe-headers.ts';
import { referencePage, referenceStyle } from './reference-page.ts';

/** `GET /v1/openapi.json`, the native API for programs, and `GET /docs`, the same for people. */
export function addReferenceRoutes(router: Router): void {
  const document = readInstalledFile('proto', 'openapi.json');
  const page = Buffer.from(referencePage(JSON.parse(document.toString('utf8')) as OpenApi));
  const digest = createHash('sha256').update(referenceStyle).digest('base64');
  const policy = contentPolicy({ 'style-src': `'sha256-${digest}'` });
  const send = (response: Response, type: string, body: Buffer): void => {
    response.writeHead(200, {
      'Content-Type': type,
      'Content-Length': body.length,
      'Content-Security-Policy': policy,
      'Cache-Control': 'no-cache',
    });
    response.end(body);
  };
  router.get('/v1/openapi.json', (_request, response) => send(response, 'application/json', document));
  router.get('/docs', (_request, response) => send(response, 'text/html; charset=utf-8', page));
}
