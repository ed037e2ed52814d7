import type { RequestContext } from '../../../../internal/api/request-context.ts';
import { localAdministrator, type Caller } from '../../../../internal/identity/caller.ts';

export const administrator = localAdministrator('root', 'unix');

/** The context of a request that this caller sends. */
export function contextOf(caller: Caller): RequestContext {
  return { requestId: 'r', caller, signal: new AbortController().signal };
}
