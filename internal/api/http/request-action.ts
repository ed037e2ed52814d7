import type { Request, Response } from 'express';
import type { Action, Subject } from '../../audit/entry.ts';
import type { Caller } from '../../identity/caller.ts';
import { addressOf } from '../door/address.ts';
import { callerOf } from './client-gone.ts';

/** What a request does, as the audit record tells it. @param project default: that of what the caller makes */
export function requestAction(
  response: Response,
  method: string,
  { kind, id, project }: Pick<Subject, 'kind' | 'id'> & { readonly project?: string },
): Action {
  const caller = callerOf(response);
  const requestId = String(response.locals['requestId']);
  return { actor: caller, requestId, method, subject: { kind, id, project: project ?? caller.project } };
}

/** A request that was turned away, maybe before it was known who sends it. */
export function refusedAction(request: Request, response: Response): Action {
  const caller = response.locals['caller'] as Caller | undefined;
  return {
    actor: caller ?? { user: '', way: 'none', address: addressOf(request.socket), project: '' },
    requestId: String(response.locals['requestId']),
    // The place alone: what follows it may hold anything.
    method: `${request.method} ${request.originalUrl.replace(/\?.*$/s, '')}`,
    subject: { kind: '', id: '', project: caller?.project ?? '' },
  };
}
