import type { Response } from 'express';
import type { Action, Actor, Subject } from '../../audit/entry.ts';
import { administratorsProject, type Caller } from '../../identity/caller.ts';
import { addressOf } from '../door/address.ts';

/** What a request does, as the audit record tells it. @param project default: that of what the caller makes */
export function requestAction(
  response: Response,
  method: string,
  { kind, id, project }: Pick<Subject, 'kind' | 'id'> & { readonly project?: string },
): Action {
  const actor = (response.locals['caller'] as Caller | undefined) ?? nobody(response);
  const requestId = String(response.locals['requestId']);
  return { actor, requestId, method, subject: { kind, id, project: project ?? actor.project } };
}

/** Who has not been let in by the door, or comes in by a way of a dialect's own. */
function nobody({ req }: Response): Actor {
  return { way: 'none', user: '', project: administratorsProject, address: addressOf(req.socket) };
}
