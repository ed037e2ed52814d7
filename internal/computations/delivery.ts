import { status } from '@grpc/grpc-js';
import pRetry from 'p-retry';
import { ProtiumError } from '../errors/protium-error.ts';
import { AgentError, type AgentClient } from './agent-client.ts';

/** Waiting times between attempts: from `firstMs`, times `factor` each, up to `maxMs`; with up to as much again at random. */
export interface Backoff {
  readonly firstMs: number;
  readonly factor: number;
  readonly maxMs: number;
}

/** As the last Cocos manager had it, but for the longest wait (60 s there): an agent is missed for less long. */
export const defaultBackoff: Backoff = { firstMs: 500, factor: 1.5, maxMs: 10_000 };

export interface DeliveryOptions {
  /** Ends the delivery. A reason that is no ProtiumError counts as `cancelled`. */
  readonly signal: AbortSignal;
  readonly backoff: Backoff;
  /** Called after each attempt that failed. */
  readonly onFailedAttempt: (attempt: number, error: Error) => void;
}

/**
 * Sends the payload until the agent takes it. Only UNAVAILABLE is tried again: after any other answer, and after a
 * time-out, the agent may have the computation already. Rejects with `agent-unavailable`, `agent-failed`,
 * `deadline-exceeded` or the signal's reason.
 */
export async function deliver(
  agent: AgentClient,
  payload: Uint8Array,
  options: DeliveryOptions,
): Promise<string> {
  let last: AgentError | null = null;
  try {
    return await pRetry(() => agent.run(payload, options.signal), {
      retries: Number.POSITIVE_INFINITY,
      minTimeout: options.backoff.firstMs,
      factor: options.backoff.factor,
      maxTimeout: options.backoff.maxMs,
      randomize: true,
      signal: options.signal,
      onFailedAttempt: ({ attemptNumber, error }) => {
        if (options.signal.aborted) return;
        last = error instanceof AgentError ? error : null;
        options.onFailedAttempt(attemptNumber, error);
      },
      shouldRetry: ({ error }) => hasStatus(error, status.UNAVAILABLE),
    });
  } catch (error) {
    throw failureOf(error, last, options.signal.aborted);
  }
}

function hasStatus(error: unknown, code: status): boolean {
  return error instanceof AgentError && error.status === (code as number);
}

/** `last`: how the last attempt ended, when it was not that attempt that ended the delivery. */
function failureOf(error: unknown, last: AgentError | null, aborted: boolean): ProtiumError {
  if (error instanceof AgentError) return agentFailure(error);
  if (error instanceof ProtiumError) {
    // Out of time while trying again: that the agent is not there says more than that time is over.
    return error.code === 'deadline-exceeded' && last !== null ? agentFailure(last) : error;
  }
  if (aborted) {
    return new ProtiumError('cancelled', 'The request ended before the agent had the computation.', {
      cause: error,
    });
  }
  return new ProtiumError('internal', 'The computation could not be sent to the agent.', { cause: error });
}

function agentFailure(error: AgentError): ProtiumError {
  const options = { cause: error, details: { agentStatus: error.status, agentMessage: error.message } };
  if (hasStatus(error, status.UNAVAILABLE)) {
    return new ProtiumError(
      'agent-unavailable',
      `The agent cannot be reached: ${error.message}. Is it running, and does AGENT_GRPC_URL name it?`,
      options,
    );
  }
  if (hasStatus(error, status.DEADLINE_EXCEEDED)) {
    return new ProtiumError(
      'deadline-exceeded',
      'The agent did not answer in time; it may have taken the computation. ' +
        'Where it is slow, give it longer with AGENT_GRPC_TIMEOUT.',
      options,
    );
  }
  return new ProtiumError('agent-failed', `The agent refused the computation: ${error.message}`, options);
}
