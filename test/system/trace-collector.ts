import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { z } from 'zod';

const exported = z.object({
  resourceSpans: z.array(
    z.object({
      resource: z.object({
        attributes: z.array(
          z.object({ key: z.string(), value: z.object({ stringValue: z.string().optional() }) }),
        ),
      }),
      scopeSpans: z.array(
        z.object({
          spans: z.array(
            z.object({
              traceId: z.string(),
              spanId: z.string(),
              parentSpanId: z.string().optional(),
              name: z.string(),
              kind: z.number(),
              status: z.object({ code: z.number().optional(), message: z.string().optional() }),
            }),
          ),
        }),
      ),
    }),
  ),
});

export type CollectedSpan = z.infer<
  typeof exported
>['resourceSpans'][number]['scopeSpans'][number]['spans'][number];

export interface TraceCollector {
  /** The value for OTEL_EXPORTER_OTLP_ENDPOINT. */
  readonly endpoint: string;
  /** In the order of arrival: children before their parents. */
  readonly spans: readonly CollectedSpan[];
  /** service.name of every export. */
  readonly services: ReadonlySet<string>;
  stop(): Promise<void>;
}

/**
 * A collector that takes OTLP over HTTP in its JSON encoding, on loopback.
 *
 * @param status what it answers; null: nothing, it keeps its client waiting.
 */
export async function startTraceCollector(status: number | null = 200): Promise<TraceCollector> {
  const spans: CollectedSpan[] = [];
  const services = new Set<string>();
  const server = createServer((request, response) => {
    void bodyOf(request).then((body) => {
      for (const { resource, scopeSpans } of exported.parse(JSON.parse(body)).resourceSpans) {
        spans.push(...scopeSpans.flatMap((scope) => scope.spans));
        const name = resource.attributes.find(({ key }) => key === 'service.name');
        services.add(`${request.url ?? ''} ${name?.value.stringValue ?? ''}`);
      }
      if (status !== null) response.writeHead(status, { 'Content-Type': 'application/json' }).end('{}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans,
    services,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}
