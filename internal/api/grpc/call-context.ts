import { Metadata, type ServerUnaryCall } from '@grpc/grpc-js';
import { ProtiumError } from '../../errors/protium-error.ts';
import { callerOf } from '../door/grpc-door.ts';
import type { RequestContext } from '../request-context.ts';
import { requestIdOf } from './request-id.ts';

/** A RequestContext with what only gRPC has. */
export interface CallContext extends RequestContext {
  /** Sent before the first answer. */
  readonly initialMetadata: Metadata;
}

interface Call extends Pick<ServerUnaryCall<unknown, unknown>, 'getDeadline' | 'metadata' | 'cancelled'> {
  on(event: 'cancelled', listener: () => void): unknown;
}

/**
 * The context of a call. Its signal is aborted with `deadline-exceeded` or `cancelled` as reason when the call ends
 * before the handler does: deadline, client gone, server stopped.
 *
 * @param options.open anybody may make the call: only asking for the caller throws
 * @throws ProtiumError `unauthenticated` for a call that did not come by the door
 */
export function contextOf(call: Call, { open = false } = {}): CallContext {
  if (!open) callerOf(call.metadata);
  const deadline = deadlineOf(call);
  const abort = new AbortController();
  const end = () => abort.abort(reasonOf(deadline));
  if (call.cancelled) end();
  else call.on('cancelled', end);
  return {
    requestId: requestIdOf(call.metadata),
    get caller() {
      return callerOf(call.metadata);
    },
    signal: abort.signal,
    deadline,
    initialMetadata: new Metadata(),
  };
}

/** undefined: the client set none. */
export function deadlineOf(call: Pick<Call, 'getDeadline'>): Date | undefined {
  const deadline = call.getDeadline();
  if (deadline instanceof Date) return deadline;
  return Number.isFinite(deadline) ? new Date(deadline) : undefined;
}

function reasonOf(deadline: Date | undefined): ProtiumError {
  return deadline !== undefined && Date.now() >= deadline.getTime()
    ? new ProtiumError('deadline-exceeded', 'The deadline of the call passed before it was done.')
    : new ProtiumError('cancelled', 'The client ended the call, or the server is stopping.');
}
