import type { Router } from 'express';
import type { Audit } from '../../audit/audit.ts';
import type { Computations } from '../../computations/computations.ts';
import type { Computation } from '../../computations/model.ts';
import { ProtiumError } from '../../errors/protium-error.ts';
import { sendJson } from './json.ts';
import { pageQuery } from './page-query.ts';
import { requestAction } from './request-action.ts';

export type ComputationAccess = Pick<Computations, 'get' | 'list' | 'remove'>;

/**
 * `GET /run` (newest first), `GET /run/{id}` and `DELETE /run/{id}`: the computations that `POST /run` took. The payload
 * is not told.
 */
export function addComputationRoutes(
  router: Router,
  computations: ComputationAccess,
  audit: Pick<Audit, 'recorded'>,
): void {
  router.get('/run', (request, response) => {
    const page = computations.list(pageQuery(request.query));
    sendJson(response, 200, { computations: page.computations.map(toJson), next: page.next });
  });
  router.get('/run/:id', (request, response) => {
    const { id } = request.params;
    const computation = computations.get(id);
    if (computation === undefined) {
      throw new ProtiumError(
        'not-found',
        `There is no computation "${id}"; expired ones are removed after a day.`,
      );
    }
    sendJson(response, 200, toJson(computation));
  });
  router.delete('/run/:id', async (request, response) => {
    const { id } = request.params;
    const action = requestAction(response, 'DELETE /run/:id', { kind: 'computation', id });
    await audit.recorded(action, () => computations.remove(id));
    response.writeHead(204).end();
  });
}

function toJson(computation: Computation): object {
  const time = (milliseconds: number | null) =>
    milliseconds === null ? null : new Date(milliseconds).toISOString();
  return {
    ...computation,
    createdAt: time(computation.createdAt),
    updatedAt: time(computation.updatedAt),
    expiresAt: time(computation.expiresAt),
    deliverBy: time(computation.deliverBy),
  };
}
