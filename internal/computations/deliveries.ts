import { ProtiumError } from '../errors/protium-error.ts';
import type { Logger } from '../observability/log.ts';
import type { AgentClient } from './agent-client.ts';
import type { Clock } from './clock.ts';
import type { ComputationStore } from './computation-store.ts';
import { deliver, type Backoff } from './delivery.ts';

interface Delivery {
  readonly id: string;
  readonly payload: Uint8Array;
  /** Milliseconds since 1970 UTC. */
  readonly deliverBy: number;
}

/** The deliveries in progress; how each ends is kept with the computation. */
export interface Deliveries {
  /** Resolves with the agent's answer. Rejects with the ProtiumError that is kept as the reason. */
  start(delivery: Delivery, signal?: AbortSignal): Promise<string>;
  /** Ends the delivery of that computation, if there is one, with this reason. */
  giveUp(id: string, reason: ProtiumError): void;
  /** Ends all with `interrupted` and leaves them `delivering`, for the next process. */
  stop(): Promise<void>;
}

export function createDeliveries(options: {
  readonly store: ComputationStore;
  readonly agent: AgentClient;
  readonly log: Logger;
  readonly clock: Clock;
  readonly backoff: Backoff;
}): Deliveries {
  const { store, agent, log, clock, backoff } = options;
  const running = new Map<string, { readonly abort: AbortController; readonly done: Promise<unknown> }>();
  let stopping = false;

  const settle = async ({ id, payload }: Delivery, signal: AbortSignal): Promise<string> => {
    try {
      const answer = await deliver(agent, payload, {
        signal,
        backoff,
        onFailedAttempt: (attempt, error) =>
          log.debug({ id, attempt, err: error }, 'the agent did not take it'),
      });
      store.settle(id, 'delivering', { state: 'delivered', agentAnswer: answer, updatedAt: clock.now() });
      log.info({ id }, 'the agent took the computation');
      return answer;
    } catch (error) {
      const failure = asProtiumError(error);
      if (!stopping) {
        const { code, message } = failure;
        store.settle(id, 'delivering', {
          state: 'failed',
          failure: { code, message },
          updatedAt: clock.now(),
        });
        log.warn({ id, code, err: failure }, 'the computation was not delivered');
      }
      throw failure;
    }
  };

  return {
    start: async (delivery, requested) => {
      const abort = new AbortController();
      const callOff = clock.after(Math.max(0, delivery.deliverBy - clock.now()), () =>
        abort.abort(new ProtiumError('deadline-exceeded', 'The agent did not take the computation in time.')),
      );
      const signal = requested === undefined ? abort.signal : AbortSignal.any([abort.signal, requested]);
      const done = settle(delivery, signal);
      running.set(delivery.id, { abort, done });
      try {
        return await done;
      } finally {
        callOff();
        running.delete(delivery.id);
      }
    },
    giveUp: (id, reason) => running.get(id)?.abort.abort(reason),
    stop: async () => {
      stopping = true;
      const reason = new ProtiumError(
        'interrupted',
        'The daemon stopped before the agent had the computation.',
      );
      const all = [...running.values()];
      for (const { abort } of all) abort.abort(reason);
      await Promise.allSettled(all.map(({ done }) => done));
    },
  };
}

function asProtiumError(error: unknown): ProtiumError {
  if (error instanceof ProtiumError) return error;
  return new ProtiumError('internal', 'The delivery of the computation failed.', { cause: error });
}
