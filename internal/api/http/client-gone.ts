import { userInfo } from 'node:os';
import type { Response } from 'express';
import { ProtiumError } from '../../errors/protium-error.ts';
import { localAdministrator, type Caller } from '../../identity/caller.ts';
import type { RequestContext } from '../request-context.ts';

/** Who sends a request. */
export function callerOf(response: Response): Caller {
  return localAdministrator(userInfo().username, response.req.socket.remoteAddress ?? '');
}

/** The context of a request; its signal is aborted when the client goes away before it has the answer. */
export function requestContext(response: Response): RequestContext {
  const gone = new AbortController();
  // Not the request's: that one closes when its body was read.
  const abort = () => {
    gone.abort(new ProtiumError('cancelled', 'The client went away before it had the answer.'));
  };
  response.once('close', () => {
    if (!response.writableEnded) abort();
  });
  if (response.destroyed || response.socket?.destroyed === true) abort();
  return {
    requestId: String(response.locals['requestId']),
    caller: callerOf(response),
    signal: gone.signal,
  };
}
