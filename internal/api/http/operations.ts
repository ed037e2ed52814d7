import type { Router } from 'express';
import { ProtiumError } from '../../errors/protium-error.ts';
import type { Operations } from '../../operations/operations.ts';
import { sendJson } from './json.ts';
import { pageQuery } from './page-query.ts';

export type OperationReader = Pick<Operations, 'get' | 'list' | 'cancel'>;

/** `GET /v1/operations` (newest first), `GET /v1/operations/{id}`, `POST /v1/operations/{id}/cancel`. */
export function addOperationRoutes(router: Router, operations: OperationReader): void {
  router.get('/v1/operations', (request, response) => {
    sendJson(response, 200, operations.list(pageQuery(request.query)));
  });
  router.get('/v1/operations/:id', (request, response) => {
    const operation = operations.get(request.params.id);
    if (operation === undefined) {
      throw new ProtiumError(
        'not-found',
        `There is no operation "${request.params.id}"; old ones are removed.`,
      );
    }
    sendJson(response, 200, operation);
  });
  router.post('/v1/operations/:id/cancel', async (request, response) => {
    sendJson(response, 202, await operations.cancel(request.params.id));
  });
}
