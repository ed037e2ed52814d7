import type { Response } from 'express';
import type { Action, Subject } from '../../audit/entry.ts';
import { requestContext } from './client-gone.ts';

/** What a request does, as the audit record tells it. @param project default: that of what the caller makes */
export function requestAction(
  response: Response,
  method: string,
  { kind, id, project }: Pick<Subject, 'kind' | 'id'> & { readonly project?: string },
): Action {
  const { caller, requestId } = requestContext(response);
  return { actor: caller, requestId, method, subject: { kind, id, project: project ?? caller.project } };
}
