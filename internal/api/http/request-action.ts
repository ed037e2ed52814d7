import type { Socket } from 'node:net';
import type { Response } from 'express';
import type { Action, Actor, Subject } from '../../audit/entry.ts';
import type { Caller } from '../../identity/caller.ts';
import { addressOf } from '../door/address.ts';

/** What a request does, as the audit record tells it. @param project default: that of what the caller makes */
export function requestAction(
  response: Response,
  method: string,
  { kind, id, project }: Pick<Subject, 'kind' | 'id'> & { readonly project?: string },
): Action {
  const actor = (response.locals['caller'] as Caller | undefined) ?? stranger(response.req.socket);
  const requestId = String(response.locals['requestId']);
  return { actor, requestId, method, subject: { kind, id, project: project ?? actor.project } };
}

/** Who was turned away at the door. */
function stranger(socket: Socket): Actor {
  return { way: 'none', user: '', address: addressOf(socket), project: '' };
}
