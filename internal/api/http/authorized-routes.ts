import express, { type NextFunction, type Request, type Response, type Router } from 'express';
import { authorize, requireAccess } from '../../authorization/authorize.ts';
import type { Objects } from '../../authorization/objects.ts';
import { atomosPolicy, httpPolicy } from '../../authorization/policy/http.ts';
import type { Policy } from '../../authorization/policy/row.ts';
import { callerOf } from './client-gone.ts';

/**
 * Stands before the routes that are not of protium.v1: nothing of a request's body is read before it is known that its
 * sender may ask. Finds them as Express finds routes.
 */
export function authorizedRoutes(objects: Objects): Router {
  const router = express.Router({ caseSensitive: true, strict: true });
  guard(router, httpPolicy, (name, request, response) => {
    authorize(name, httpPolicy[name], request.params, callerOf(response), objects);
  });
  guard(router, atomosPolicy, (name, _request, response) => {
    requireAccess(name, atomosPolicy[name], callerOf(response));
  });
  return router;
}

type Check = (name: string, request: Request, response: Response) => void;

function guard(router: Router, policy: Policy, check: Check): void {
  for (const [name, row] of Object.entries(policy)) {
    if (row.access === 'anyone') continue;
    const [verb = '', path = ''] = name.split(' ');
    router[verb.toLowerCase() as 'get' | 'post' | 'put' | 'delete' | 'all'](
      path,
      (request: Request, response: Response, next: NextFunction) => {
        check(name, request, response);
        next();
      },
    );
  }
}
