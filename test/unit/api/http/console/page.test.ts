import { afterEach, beforeEach, expect, it } from 'vitest';
import { pageFiles } from '../../../../../internal/api/http/console/page-files.ts';
import { fakeInstances, serveAll, type TestServer } from '../atomos/support.ts';

let server: TestServer;
beforeEach(async () => {
  server = await serveAll(fakeInstances());
});
afterEach(() => server.close());

it('the page has all that it loads, of this origin alone', async () => {
  const page = await server.call('GET', '/console');
  expect(page.headers['content-type']).toContain('text/html');
  const policy = page.headers['content-security-policy'];
  expect(policy).toContain("default-src 'none'; ");
  expect(policy).toContain("; script-src 'self'; ");
  expect(policy).toContain("frame-ancestors 'none'");
  expect(page.body).not.toMatch(/<script(?![^>]* src=)|https?:|\son\w+=/);
  const script = await server.call('GET', '/console/page.js');
  const named = [
    ...page.body.matchAll(/(?:src|href)="(\/[^"]+)"/g),
    ...script.body.matchAll(/'(\/console\/[^']+)'/g),
  ];
  expect(named.length).toBeGreaterThan(5);
  for (const [, path = ''] of named) expect((await server.call('GET', path)).status).toBe(200);
});

it('every module that noVNC imports is served', () => {
  const files = pageFiles();
  const novnc = [...files].filter(([path]) => path.startsWith('/console/novnc/'));
  expect(novnc.length).toBeGreaterThan(30);
  for (const [path, { read }] of novnc) {
    for (const [, imported = ''] of read()
      .toString()
      .matchAll(/^(?:import|export) [^;]*?from ["'](\.[^"']+)["']/gm)) {
      expect([...files.keys()]).toContain(new URL(imported, `http://x${path}`).pathname);
    }
  }
});

it.each([
  '/console/novnc/package.json',
  '/console/novnc/../../package.json',
  '/console/%2e%2e/package.json',
  '/console/x',
])('nothing else is served: %s', async (path) => {
  expect((await server.call('GET', path)).status).toBe(404);
});
