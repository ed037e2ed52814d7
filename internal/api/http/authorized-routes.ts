import type { NextFunction, Request, Response, Router } from 'express';
import { authorize, requireAccess } from '../../authorization/authorize.ts';
import type { Objects } from '../../authorization/objects.ts';
import { atomosPolicy, httpPolicy } from '../../authorization/policy/http.ts';
import type { Policy } from '../../authorization/policy/row.ts';
import { callerOf } from './client-gone.ts';

/**
 * Stands before the routes of the dialects: nothing of a request's body is read before it is known that its sender may
 * ask. To be added before the routes themselves.
 */
export function guardRoutes(routes: Router, objects: Objects): void {
  guard(routes, httpPolicy, (name, request, response) => {
    authorize(name, httpPolicy[name], request.params, callerOf(response), objects);
  });
}

/** The same for AtomOS's routes, which look into the body themselves. */
export function guardAtomosRoutes(routes: Router): void {
  guard(routes, atomosPolicy, (name, _request, response) => {
    requireAccess(name, atomosPolicy[name], callerOf(response));
  });
}

type Check = (name: string, request: Request, response: Response) => void;

function guard(routes: Router, policy: Policy, check: Check): void {
  for (const [name, row] of Object.entries(policy)) {
    if (row.access === 'anyone') continue;
    const [verb = '', path = ''] = name.split(' ');
    routes[verb.toLowerCase() as 'get' | 'post' | 'put' | 'delete' | 'all'](
      path,
      (request: Request, response: Response, next: NextFunction) => {
        check(name, request, response);
        next();
      },
    );
  }
}
