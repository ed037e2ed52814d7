import type { Router } from 'express';
import { configSchema } from '../../spec/json-schema.ts';
import { sendJson } from './json.ts';

/** `GET /v1/schemas/config`: the JSON Schema of a config. */
export function addSchemaRoute(router: Router): void {
  router.get('/v1/schemas/config', (_request, response) => {
    sendJson(response, 200, configSchema, 'application/schema+json');
  });
}
