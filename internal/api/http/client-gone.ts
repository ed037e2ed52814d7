import type { Response } from 'express';
import { ProtiumError } from '../../errors/protium-error.ts';
import type { Caller } from '../../identity/caller.ts';
import { unauthenticated } from '../door/credentials.ts';
import type { RequestContext } from '../request-context.ts';

/**
 * Who sends a request.
 *
 * @throws ProtiumError `unauthenticated` for a request that did not come by the door
 */
export function callerOf(response: Response): Caller {
  const caller = response.locals['caller'] as Caller | undefined;
  if (caller === undefined) throw unauthenticated('Nobody is known to send this request.');
  return caller;
}

/**
 * The context of a request; its signal is aborted when the client goes away before it has the answer.
 *
 * @throws ProtiumError `unauthenticated` for a request that did not come by the door
 */
export function requestContext(response: Response): RequestContext {
  return {
    requestId: String(response.locals['requestId']),
    caller: callerOf(response),
    signal: goneSignal(response),
  };
}

/** Aborted when the client goes away before it has the answer. */
export function goneSignal(response: Response): AbortSignal {
  const gone = new AbortController();
  // Not the request's: that one closes when its body was read.
  const abort = () => {
    gone.abort(new ProtiumError('cancelled', 'The client went away before it had the answer.'));
  };
  response.once('close', () => {
    if (!response.writableEnded) abort();
  });
  if (response.destroyed || response.socket?.destroyed === true) abort();
  return gone.signal;
}
