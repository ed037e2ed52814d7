import { SpanKind } from '@opentelemetry/api';
import { randomUUID } from 'node:crypto';
import express, { type Express, type NextFunction, type Request, type Response } from 'express';
import { ProtiumError } from '../../errors/protium-error.ts';
import type { Finding } from '../../doctor/finding.ts';
import type { Logger } from '../../observability/log.ts';
import { continueTrace, withSpan } from '../../observability/tracing.ts';
import type { Metrics } from '../../observability/metrics.ts';
import { addCocosRoutes, type CocosHttpOptions } from './cocos.ts';
import { addAtomosRoutes, type AtomosOptions } from './atomos/routes.ts';
import { addComputationRoutes, type ComputationAccess } from './computations.ts';
import { addDoctorRoute } from './doctor.ts';
import { addFallback } from './fallback.ts';
import { addHealthRoute, type HealthReport } from './health.ts';
import { addHostRoutes } from './host.ts';
import { addInventoryRoutes, type Inventory } from './inventory.ts';
import { addOperationRoutes, type OperationReader } from './operations.ts';
import { asProtiumError, sendProblem } from './problem.ts';
import { refuseOtherSites } from './same-origin.ts';

export interface HttpAppOptions {
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly cocos: CocosHttpOptions;
  readonly computations: ComputationAccess;
  readonly atomos: Omit<AtomosOptions, 'log'>;
  readonly examineHost: () => Promise<readonly Finding[]>;
  readonly inventory: Inventory;
  readonly operations: OperationReader;
  readonly health: () => Promise<HealthReport> | HealthReport;
}

/** The HTTP application: every dialect on one port. */
export function createHttpApp(options: HttpAppOptions): Express {
  const app = express();
  app.disable('x-powered-by').disable('etag').enable('case sensitive routing').enable('strict routing');
  app.use(requestScope(options));
  app.use(refuseOtherSites);

  const routes = express.Router({ caseSensitive: true, strict: true });
  addCocosRoutes(routes, options.cocos);
  addComputationRoutes(routes, options.computations);
  addAtomosRoutes(routes, { ...options.atomos, log: options.log });
  addHostRoutes(routes, options.atomos.instances);
  addDoctorRoute(routes, options.examineHost);
  addHealthRoute(routes, options.health);
  routes.all('/metrics', async (_request, response) => {
    const text = await options.metrics.registry.metrics();
    response.set('Content-Type', options.metrics.registry.contentType).end(text);
  });
  addInventoryRoutes(routes, options.inventory);
  addOperationRoutes(routes, options.operations);
  app.use(routes);
  addFallback(app, routes);

  app.use((thrown: unknown, _request: Request, response: Response, next: NextFunction) => {
    response.locals['error'] = thrown;
    if (response.headersSent) next(thrown);
    else sendProblem(response, badPath(thrown) ?? asProtiumError(thrown));
  });
  return app;
}

/** Gives each request an id, a trace span, a log line and a place in the metrics. */
function requestScope({ log, metrics }: HttpAppOptions) {
  return (request: Request, response: Response, next: NextFunction): void => {
    const started = performance.now();
    const requestId = acceptableId(request.headers['x-request-id']) ?? randomUUID();
    response.locals['requestId'] = requestId;
    response.setHeader('X-Request-Id', requestId);
    response.once('close', () => {
      const durationMs = performance.now() - started;
      const route = (request.route as { path?: string } | undefined)?.path ?? 'none';
      metrics.httpRequest(route, request.method, response.statusCode, durationMs);
      const level = response.statusCode >= 500 ? 'error' : quietRoutes.has(route) ? 'debug' : 'info';
      if (!log.isLevelEnabled(level)) return;
      log[level](
        {
          requestId,
          method: request.method,
          path: request.path,
          status: response.statusCode,
          durationMs: Math.round(durationMs * 10) / 10,
          ...(response.locals['error'] === undefined ? {} : { err: response.locals['error'] as Error }),
          ...(response.writableFinished ? {} : { clientGone: true }),
        },
        `${request.method} ${request.path} ${response.statusCode}`,
      );
    });
    if (quietRoutes.has(request.path)) {
      next();
      return;
    }
    continueTrace(request.headers, () => {
      void withSpan(
        `HTTP ${request.method}`,
        {
          'http.request.method': request.method,
          'url.path': request.path,
          'protium.request_id': requestId,
        },
        (span) => {
          next();
          return new Promise<void>((resolve) =>
            response.once('close', () => {
              span.setAttribute('http.response.status_code', response.statusCode);
              resolve();
            }),
          );
        },
        SpanKind.SERVER,
      );
    });
  };
}

/** Express throws this when a part of the path is not percent-encoded UTF-8 (`/v1/operations/%ff`). */
function badPath(thrown: unknown): ProtiumError | null {
  if (!(thrown instanceof URIError)) return null;
  return new ProtiumError('request-malformed', 'The path is not percent-encoded UTF-8.', { cause: thrown });
}

/** Asked for every few seconds by machines: neither a log line at `info` nor a trace each. */
const quietRoutes: ReadonlySet<string> = new Set([
  '/health',
  '/metrics',
  '/statusjson',
  '/api/v1.0/statusjson',
]);

function acceptableId(header: string | string[] | undefined): string | null {
  return typeof header === 'string' && /^[\w.:-]{1,128}$/.test(header) ? header : null;
}
