import { SpanKind } from '@opentelemetry/api';
import { randomUUID } from 'node:crypto';
import type { NextFunction, Request, Response } from 'express';
import type { Logger } from '../../observability/log.ts';
import type { Metrics } from '../../observability/metrics.ts';
import { continueTrace, withSpan } from '../../observability/tracing.ts';
import { atomosQuietPaths } from './atomos/routes.ts';

export interface RequestScopeOptions {
  readonly log: Logger;
  readonly metrics: Metrics;
}

/** Gives each request an id, a trace span, a log line and a place in the metrics. */
export function requestScope({ log, metrics }: RequestScopeOptions) {
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

/** Asked for every few seconds by machines: neither a log line at `info` nor a trace each. */
const quietRoutes: ReadonlySet<string> = new Set(['/health', '/metrics', ...atomosQuietPaths]);

function acceptableId(header: string | string[] | undefined): string | null {
  return typeof header === 'string' && /^[\w.:-]{1,128}$/.test(header) ? header : null;
}
