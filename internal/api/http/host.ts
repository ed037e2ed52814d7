import type { Router } from 'express';
import type { Instances } from '../../instances/instance.ts';
import { readSpec } from '../../spec/read-spec.ts';
import { readJson } from './atomos/request-body.ts';
import { sendJson } from './json.ts';

/**
 * Native routes of the host: `GET /v1/host`, what it has and what is taken of it; `GET /v1/instances`; `POST /v1/plan`, a
 * dry run: what a config would get, and what would happen to every device of the host.
 */
export function addHostRoutes(router: Router, instances: Instances): void {
  router.get('/v1/host', (_request, response) => {
    const { facts, claims, conditions, policy } = instances.situation();
    sendJson(response, 200, { facts, claims, conditions, policy });
  });
  router.get('/v1/instances', (_request, response) => {
    sendJson(response, 200, { instances: instances.list() });
  });
  router.post('/v1/plan', async (request, response) => {
    const read = readSpec(await readJson(request));
    if (!read.ok) {
      sendJson(response, 400, { error: 'The config is not valid.', errors: read.errors });
      return;
    }
    sendJson(response, 200, { ...(await instances.check(read.spec)), notices: read.notices });
  });
}
