import {
  context,
  diag,
  DiagLogLevel,
  propagation,
  SpanKind,
  SpanStatusCode,
  trace,
  type Attributes,
  type Span,
} from '@opentelemetry/api';
import { setTimeout as delay } from 'node:timers/promises';
import { format } from 'node:util';
import type { Logger } from './log.ts';

/** A collector that does not answer must not hold up the daemon's end; the exporter itself would try for 10 s. */
const lastSpansMs = 2000;

const tracer = trace.getTracer('protium');

interface TracingOptions {
  /** OTLP/HTTP endpoint of the collector for traces, e.g. `http://localhost:4318/v1/traces`. */
  readonly endpoint: string;
  readonly serviceName: string;
  readonly serviceVersion: string;
  readonly instanceId: string;
  /** Gets what the SDK complains of, e.g. a collector that does not answer. */
  readonly log: Logger;
}

/**
 * Sends spans to an OTLP endpoint from now on, and understands `traceparent` (W3C). The SDK is loaded only here:
 * without an endpoint it costs nothing. Resolves with what sends the last spans and ends it; that never rejects.
 */
export async function startTracing(options: TracingOptions): Promise<() => Promise<void>> {
  const [{ NodeTracerProvider, BatchSpanProcessor }, { OTLPTraceExporter }, { resourceFromAttributes }] =
    await Promise.all([
      import('@opentelemetry/sdk-trace-node'),
      import('@opentelemetry/exporter-trace-otlp-http'),
      import('@opentelemetry/resources'),
    ]);
  const complain = (...message: unknown[]) => options.log.warn(`tracing: ${format(...message)}`);
  const quiet = () => undefined;
  diag.setLogger(
    { error: complain, warn: complain, info: quiet, debug: quiet, verbose: quiet },
    DiagLogLevel.WARN,
  );
  const provider = new NodeTracerProvider({
    resource: resourceFromAttributes({
      'service.name': options.serviceName,
      'service.version': options.serviceVersion,
      'service.instance.id': options.instanceId,
    }),
    spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter({ url: options.endpoint }))],
  });
  provider.register();
  return async () => {
    try {
      const end = await Promise.race([provider.shutdown(), delay(lastSpansMs, 'late' as const)]);
      if (end === 'late') complain('the last spans could not be sent in time');
    } catch (error) {
      complain('the last spans could not be sent:', error instanceof Error ? error.message : error);
    }
  };
}

/** Runs `work` in a span of that name; an error is recorded on the span and thrown on. */
export function withSpan<T>(
  name: string,
  attributes: Attributes,
  work: (span: Span) => Promise<T>,
  kind: SpanKind = SpanKind.INTERNAL,
): Promise<T> {
  return tracer.startActiveSpan(name, { attributes, kind }, async (span) => {
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

/** True where something is being traced: what is done now is a part of it. */
export function isTraced(): boolean {
  return trace.getActiveSpan()?.isRecording() === true;
}

/** Runs `work` as the continuation of the caller's trace, when the headers carry one (W3C traceparent). */
export function continueTrace<T>(headers: Readonly<Record<string, unknown>>, work: () => T): T {
  return context.with(propagation.extract(context.active(), headers), work);
}
