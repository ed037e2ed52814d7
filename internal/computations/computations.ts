import { randomUUID } from 'node:crypto';
import { ProtiumError } from '../errors/protium-error.ts';
import type { Logger } from '../observability/log.ts';
import type { Database } from '../store/database.ts';
import type { AgentClient } from './agent-client.ts';
import { systemClock, type Clock } from './clock.ts';
import { createComputationStore } from './computation-store.ts';
import { defaultBackoff, type Backoff } from './delivery.ts';
import { createDeliveries } from './deliveries.ts';
import { createExpiry } from './expiry.ts';
import type { Computation, ComputationPage, ComputationQuery, RunInput } from './model.ts';
import { manifestPayload } from './payload.ts';
import { validate } from './validate.ts';

export interface Computations {
  /**
   * Keeps the computation and, where an agent is configured, sends it there. `id`: what the agent answered in the blob
   * form, else our UUID. Rejects with `argument-invalid`, `agent-unavailable`, `agent-failed`, `deadline-exceeded`,
   * `cancelled` (the signal) or `interrupted` (stop); what was taken stays listed with the reason.
   */
  run(input: RunInput, context: RunContext): Promise<{ readonly id: string }>;
  /** Newest first; what expired is listed for a while. Throws `argument-invalid` for an unknown `after`. */
  list(query?: ComputationQuery): ComputationPage;
  /** By our UUID; undefined: there is none (any more). */
  get(id: string): Computation | undefined;
  /** What the agent gets: the blob, or the manifest as JSON. */
  payload(id: string): Uint8Array | undefined;
  /** Forgets it; a delivery in progress is given up. By our UUID. Throws `not-found`. */
  remove(id: string): void;
  /** Call once at start: expires what is due and carries on the deliveries that a stop or a crash interrupted. */
  start(): void;
  /** Ends the deliveries; start() carries them on in the next process. */
  stop(): Promise<void>;
}

interface RunContext {
  readonly signal: AbortSignal;
  readonly deadline?: Date | undefined;
}

export interface ComputationsOptions {
  readonly database: Database;
  /** null: none is configured; computations are only kept. */
  readonly agent: AgentClient | null;
  readonly log: Logger;
  readonly clock?: Clock;
  readonly backoff?: Backoff;
  /** Longest time that a delivery is tried, when the request has no earlier deadline. Default 60 s. */
  readonly deliveryLimitMs?: number;
  /** How long an expired computation stays listed. Default one day. */
  readonly retentionMs?: number;
}

const defaultDeliveryLimitMs = 60_000;
const defaultRetentionMs = 24 * 3600 * 1000;

export function createComputations(options: ComputationsOptions): Computations {
  const { agent, log } = options;
  const store = createComputationStore(options.database);
  const clock = options.clock ?? systemClock;
  const deliveryLimitMs = options.deliveryLimitMs ?? defaultDeliveryLimitMs;
  const backoff = options.backoff ?? defaultBackoff;
  const deliveries = agent === null ? null : createDeliveries({ store, agent, log, clock, backoff });
  const expiry = createExpiry({
    store,
    clock,
    retentionMs: options.retentionMs ?? defaultRetentionMs,
    onExpired(ids) {
      log.info({ ids }, 'computations expired');
      const reason = new ProtiumError(
        'deadline-exceeded',
        'The ttl of the computation passed before the agent had it.',
      );
      for (const id of ids) deliveries?.giveUp(id, reason);
    },
    onFailure: (error) => log.warn({ err: error }, 'could not expire computations; trying again'),
  });
  let stopped = false;

  const create = (input: RunInput, deadline: Date | undefined): Computation & { payload: Uint8Array } => {
    const id = randomUUID();
    const now = clock.now();
    const manifest = input.form === 'structured' ? input.manifest : null;
    const payload = input.form === 'blob' ? input.computation : manifestPayload(id, input.manifest);
    const ttlSeconds = manifest?.ttlSeconds ?? 0;
    const expiresAt = ttlSeconds > 0 ? now + ttlSeconds * 1000 : null;
    const giveUpAt = Math.min(now + deliveryLimitMs, deadline?.getTime() ?? Infinity, expiresAt ?? Infinity);
    return {
      id,
      form: input.form,
      manifest,
      payload,
      payloadBytes: payload.length,
      state: deliveries === null ? 'stored' : 'delivering',
      agentAnswer: null,
      failure: null,
      createdAt: now,
      updatedAt: now,
      expiresAt,
      deliverBy: deliveries === null ? null : giveUpAt,
    };
  };

  /** What a former process left in the middle. */
  const resume = ({ id, deliverBy }: Computation): void => {
    const payload = store.payload(id);
    if (deliveries !== null && payload !== undefined && deliverBy !== null && clock.now() < deliverBy) {
      log.info({ id }, 'carrying on the delivery of a computation');
      // Nobody waits for it any more; how it ends is logged and kept with the computation.
      deliveries.start({ id, payload, deliverBy }).catch(() => undefined);
      return;
    }
    store.settle(id, 'delivering', {
      state: 'failed',
      failure: { code: 'interrupted', message: 'The daemon stopped before the agent had the computation.' },
      updatedAt: clock.now(),
    });
  };

  return {
    run: async (input, context) => {
      validate(input);
      if (stopped)
        throw new ProtiumError('interrupted', 'The daemon is stopping; try again when it is back.');
      const { payload, ...computation } = create(input, context.deadline);
      const { id, deliverBy, expiresAt } = computation;
      store.insert(computation, payload);
      if (expiresAt !== null) expiry.sweep();
      if (deliveries === null || deliverBy === null) return { id };
      const answer = await deliveries.start({ id, payload, deliverBy }, context.signal);
      return { id: input.form === 'blob' && answer !== '' ? answer : id };
    },
    list: (query = {}) => {
      expiry.sweep();
      return store.list(query);
    },
    get: (id) => {
      expiry.sweep();
      return store.get(id);
    },
    payload: (id) => store.payload(id),
    remove: (id) => {
      if (!store.remove(id)) {
        throw new ProtiumError('not-found', `There is no computation with the id "${id}".`);
      }
      deliveries?.giveUp(id, new ProtiumError('cancelled', 'The computation was removed.'));
    },
    start: () => {
      expiry.sweep();
      for (const computation of store.delivering()) resume(computation);
    },
    stop: async () => {
      stopped = true;
      expiry.stop();
      await deliveries?.stop();
    },
  };
}
