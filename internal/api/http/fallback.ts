import type { Express, NextFunction, Request, Response, Router } from 'express';

/**
 * Answers of the original's router for what no route takes: 405 for a path that has other methods, 302 without the
 * trailing slash, 404 as text. Added after all routes.
 *
 * @param routes the router that all routes were added to
 */
export function addFallback(app: Express, routes: Router): void {
  for (const [path, methods] of methodsByPath(routes)) {
    const allow = [...methods, ...(methods.has('GET') ? ['HEAD'] : [])].join(', ');
    // In the same router: left to the end of it, Express answers OPTIONS itself.
    routes.all(path, (_request, response) => {
      response.writeHead(405, { Allow: allow, 'Content-Length': 0 });
      response.end();
    });
  }
  app.use((request: Request, response: Response, _next: NextFunction) => {
    const [path = '/', query] = request.originalUrl.split('?', 2);
    // Not `//host/`, `/\host/` or `http://host/`: a redirection must not lead away from here.
    if (path.endsWith('/') && /^\/[^/\\]/.test(path)) {
      const location = path.replace(/\/+$/, '') || '/';
      response.writeHead(302, {
        Location: query === undefined ? location : `${location}?${query}`,
        'Content-Length': 0,
      });
      response.end();
      return;
    }
    const body = '404 page not found\n';
    response.writeHead(404, {
      'Content-Type': 'text/plain; charset=utf-8',
      'X-Content-Type-Options': 'nosniff',
      'Content-Length': body.length,
    });
    response.end(body);
  });
}

function methodsByPath(routes: Router): ReadonlyMap<string, ReadonlySet<string>> {
  const paths = new Map<string, Set<string>>();
  for (const { route } of routes.stack) {
    if (route === undefined) continue;
    const methods = paths.get(route.path) ?? new Set();
    // Layers added with all() have no method: such a path is never refused.
    for (const { method } of route.stack as { method?: string }[])
      if (method !== undefined) methods.add(method.toUpperCase());
    paths.set(route.path, methods);
  }
  return paths;
}
