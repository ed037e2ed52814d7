import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry, Summary } from 'prom-client';
import type { CallReport } from '../libvirt/call-report.ts';

/** What the gauges are read from at each scrape. */
export interface MetricSources {
  /** Number of domains by libvirt state. */
  domainsByState(): ReadonlyMap<string, number>;
  /** Age in milliseconds of the oldest libvirt event that the live view has not applied yet. */
  eventLagMs(): number;
  connected(): boolean;
}

/**
 * Prometheus metrics. The two `manager_api_*` names are those of the original Cocos manager, with its labels; the
 * latency is really in microseconds here (the original's held seconds under the same name).
 */
export class Metrics {
  readonly registry = new Registry();
  readonly #requests: Counter<'method'>;
  readonly #latency: Summary<'method'>;
  readonly #libvirtCalls: Histogram<'call' | 'outcome'>;
  readonly #operations: Histogram<'kind' | 'state'>;
  readonly #http: Histogram<'route' | 'method' | 'status'>;
  readonly #grpc: Histogram<'method' | 'code'>;

  constructor(sources: MetricSources) {
    const registers = [this.registry];
    collectDefaultMetrics({ register: this.registry });
    this.#requests = new Counter({
      name: 'manager_api_request_count',
      help: 'Number of requests received.',
      labelNames: ['method'],
      registers,
    });
    this.#latency = new Summary({
      name: 'manager_api_request_latency_microseconds',
      help: 'Total duration of requests in microseconds.',
      labelNames: ['method'],
      percentiles: [0.5, 0.9, 0.99],
      maxAgeSeconds: 600,
      ageBuckets: 5,
      registers,
    });
    this.#libvirtCalls = new Histogram({
      name: 'protium_libvirt_call_duration_seconds',
      help: 'Duration of calls to libvirt.',
      labelNames: ['call', 'outcome'],
      buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 30],
      registers,
    });
    this.#operations = new Histogram({
      name: 'protium_operation_duration_seconds',
      help: 'Duration of operations by kind and final state.',
      labelNames: ['kind', 'state'],
      buckets: [0.01, 0.05, 0.1, 0.5, 1, 2, 5, 10, 30, 60, 300],
      registers,
    });
    this.#http = new Histogram({
      name: 'protium_http_request_duration_seconds',
      help: 'Duration of HTTP requests by route pattern.',
      labelNames: ['route', 'method', 'status'],
      buckets: [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 30],
      registers,
    });
    this.#grpc = new Histogram({
      name: 'protium_grpc_call_duration_seconds',
      help: 'Duration of gRPC calls by full method name and status code.',
      labelNames: ['method', 'code'],
      buckets: [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 30],
      registers,
    });
    new Gauge({
      name: 'protium_domains',
      help: 'Domains known to libvirt, by state.',
      labelNames: ['state'],
      registers,
      collect() {
        this.reset();
        for (const [state, count] of sources.domainsByState()) this.set({ state }, count);
      },
    });
    new Gauge({
      name: 'protium_event_lag_seconds',
      help: 'Age of the oldest libvirt event that is not applied yet.',
      registers,
      collect() {
        this.set(sources.eventLagMs() / 1000);
      },
    });
    new Gauge({
      name: 'protium_libvirt_connected',
      help: '1 while libvirt answers and its events are followed.',
      registers,
      collect() {
        this.set(sources.connected() ? 1 : 0);
      },
    });
  }

  /** One call of a Cocos use case that passed decoding and validation, over HTTP or gRPC. */
  apiRequest(method: 'CreateDomain' | 'Run', durationMs: number): void {
    this.#requests.inc({ method });
    this.#latency.observe({ method }, durationMs * 1000);
  }

  libvirtCall(report: CallReport): void {
    this.#libvirtCalls.observe({ call: report.call, outcome: report.outcome }, report.durationMs / 1000);
  }

  operation(event: { kind: string; state: string; durationMs: number }): void {
    this.#operations.observe({ kind: event.kind, state: event.state }, event.durationMs / 1000);
  }

  /** `route` is the pattern (`/run/:id`), never the path, so that the number of series stays bounded. */
  httpRequest(route: string, method: string, status: number, durationMs: number): void {
    this.#http.observe({ route, method, status: String(status) }, durationMs / 1000);
  }

  grpcCall(method: string, code: string, durationMs: number): void {
    this.#grpc.observe({ method, code }, durationMs / 1000);
  }
}
