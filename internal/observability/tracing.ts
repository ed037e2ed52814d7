import { context, propagation, trace, SpanStatusCode, type Attributes, type Span } from '@opentelemetry/api';

const tracer = trace.getTracer('protium');

export interface TracingOptions {
  /** OTLP/HTTP endpoint of the collector for traces, e.g. `http://localhost:4318/v1/traces`. */
  readonly endpoint: string;
  readonly serviceName: string;
  readonly serviceVersion: string;
  readonly instanceId: string;
}

/** Sends spans to an OTLP endpoint from now on. The SDK is loaded only here: without an endpoint it costs nothing. */
export async function startTracing(options: TracingOptions): Promise<() => Promise<void>> {
  const [{ NodeTracerProvider, BatchSpanProcessor }, { OTLPTraceExporter }, { resourceFromAttributes }] =
    await Promise.all([
      import('@opentelemetry/sdk-trace-node'),
      import('@opentelemetry/exporter-trace-otlp-http'),
      import('@opentelemetry/resources'),
    ]);
  const provider = new NodeTracerProvider({
    resource: resourceFromAttributes({
      'service.name': options.serviceName,
      'service.version': options.serviceVersion,
      'service.instance.id': options.instanceId,
    }),
    spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter({ url: options.endpoint }))],
  });
  provider.register();
  return () => provider.shutdown();
}

/** Runs `work` in a span of that name; an error is recorded on the span and thrown on. */
export function withSpan<T>(
  name: string,
  attributes: Attributes,
  work: (span: Span) => Promise<T>,
): Promise<T> {
  return tracer.startActiveSpan(name, { attributes }, async (span) => {
    try {
      return await work(span);
    } catch (error) {
      span.setStatus({ code: SpanStatusCode.ERROR, message: String(error) });
      throw error;
    } finally {
      span.end();
    }
  });
}

/** A span for something that is over already and took `durationMs`. */
export function recordSpan(name: string, durationMs: number, attributes: Attributes): void {
  const end = Date.now();
  tracer.startSpan(name, { attributes, startTime: end - durationMs }).end(end);
}

/** Runs `work` as the continuation of the caller's trace, when the headers carry one (W3C traceparent). */
export function continueTrace<T>(headers: Readonly<Record<string, unknown>>, work: () => T): T {
  return context.with(propagation.extract(context.active(), headers), work);
}
