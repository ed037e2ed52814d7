import type { status } from '@grpc/grpc-js';
import { Server, ServerCredentials } from '@grpc/grpc-js';
import { pino } from 'pino';
import { onTestFinished } from 'vitest';
import {
  AgentServiceService,
  type AgentServiceServer,
} from '../../../internal/api/grpc/generated/agent/agent.ts';
import { createAgentClient, type AgentClient } from '../../../internal/computations/agent-client.ts';
import type { Clock } from '../../../internal/computations/clock.ts';
import type { Backoff } from '../../../internal/computations/delivery.ts';
import type { ComputationManifest, RunInput } from '../../../internal/computations/model.ts';

export const silent = pino({ level: 'silent' });

export const manifest: ComputationManifest = {
  name: 'mean',
  description: 'a mean',
  owner: 'ann',
  datasets: ['d1', 'd2'],
  algorithms: ['a1'],
  datasetProviders: ['bob'],
  algorithmProviders: ['eve'],
  resultConsumers: ['ann'],
  ttlSeconds: 0,
};

export const blob: RunInput = { form: 'blob', computation: Buffer.from('{"id":"1"}') };

export function structured(change: Partial<ComputationManifest> = {}): RunInput {
  return { form: 'structured', manifest: { ...manifest, ...change }, ttlRequired: false };
}

/** A request that nobody ends. */
export const patient = { signal: new AbortController().signal };

/** Waits of a few milliseconds, so that tests are quick. */
export const quick: Backoff = { firstMs: 5, factor: 1.2, maxMs: 20 };

/** How the agent answers one call; never: not at all. */
export type AgentBehaviour =
  { readonly answer: string } | { readonly code: status; readonly message: string } | 'never';

export interface FakeAgent {
  readonly address: string;
  /** The payloads that came, in order. */
  readonly received: readonly string[];
}

/** An agent on loopback that answers each call as `behaviour` says; the last entry goes on for ever. */
export async function startAgent(behaviour: readonly AgentBehaviour[], port = 0): Promise<FakeAgent> {
  const received: string[] = [];
  const server = new Server();
  const implementation: AgentServiceServer = {
    run: (call, done) => {
      received.push(call.request.computation.toString());
      const next = behaviour[Math.min(received.length, behaviour.length) - 1] ?? 'never';
      if (next === 'never') return;
      if ('answer' in next) done(null, { computation: next.answer });
      else done({ code: next.code, details: next.message });
    },
  };
  server.addService(AgentServiceService, implementation);
  const bound = await new Promise<number>((resolve, reject) => {
    server.bindAsync(`127.0.0.1:${port}`, ServerCredentials.createInsecure(), (error, used) => {
      if (error === null) resolve(used);
      else reject(error);
    });
  });
  onTestFinished(() => server.forceShutdown());
  return { address: `127.0.0.1:${bound}`, received };
}

/** A port on which nothing listens. */
export async function freePort(): Promise<number> {
  const server = new Server();
  return new Promise((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, port) => {
      server.forceShutdown();
      if (error === null) resolve(port);
      else reject(error);
    });
  });
}

export function clientOf(address: string, timeoutMs = 60_000): AgentClient {
  const client = createAgentClient({ url: address, timeoutMs });
  onTestFinished(() => client.close());
  return client;
}

/** A clock that stands still until it is moved. */
export class ManualClock implements Clock {
  #now = Date.UTC(2026, 0, 1);
  #timers: { at: number; readonly callback: () => void }[] = [];

  now(): number {
    return this.#now;
  }

  after(milliseconds: number, callback: () => void): () => void {
    const timer = { at: this.#now + milliseconds, callback };
    this.#timers.push(timer);
    return () => void (this.#timers = this.#timers.filter((each) => each !== timer));
  }

  /** Time passes, and timers run when they are due. */
  pass(milliseconds: number): void {
    const end = this.#now + milliseconds;
    for (let next = this.#next(end); next !== undefined; next = this.#next(end)) {
      this.#now = Math.max(this.#now, next.at);
      this.#timers = this.#timers.filter((each) => each !== next);
      next.callback();
    }
    this.#now = end;
  }

  /** The machine sleeps: the clock goes on, timers stand still. */
  sleep(milliseconds: number): void {
    this.#now += milliseconds;
    for (const timer of this.#timers) timer.at += milliseconds;
  }

  get timers(): number {
    return this.#timers.length;
  }

  #next(end: number): { at: number; readonly callback: () => void } | undefined {
    return this.#timers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
  }
}
