import { ownedBy } from '../v1/owned-by.ts';
import { callerOf } from './client-gone.ts';
import { finished, pipeline } from 'node:stream/promises';
import type { Router } from 'express';
import { z } from 'zod';
import type { Audit } from '../../audit/audit.ts';
import { ProtiumError } from '../../errors/protium-error.ts';
import { sourceFormats } from '../../images/inspect/source-format.ts';
import { readRange } from '../../storage/volumes/volume-content.ts';
import type { Volumes } from '../../storage/volumes/volumes.ts';
import { allowLongBody } from './body-deadline.ts';
import { sendJson } from './json.ts';
import { requestAction } from './request-action.ts';

export type VolumeContents = Pick<Volumes, 'upload' | 'content'>;

const route = '/v1/volumes/:pool/:name/content';
const query = z.strictObject({ format: z.enum(sourceFormats).optional() });

/**
 * `PUT /v1/volumes/{pool}/{name}/content?format=` makes a volume of the body and answers with the operation;
 * `GET` gives the bytes that are stored, or those that the header Range asks for.
 */
export function addVolumeContentRoutes(
  router: Router,
  volumes: VolumeContents,
  audit: Pick<Audit, 'recorded'>,
): void {
  router.put(route, async (request, response) => {
    try {
      allowLongBody(request);
      const parsed = query.safeParse(request.query);
      if (!parsed.success) {
        throw new ProtiumError(
          'argument-invalid',
          `The one parameter here is format: ${sourceFormats.join(', ')}.`,
        );
      }
      const { pool, name } = request.params;
      const { owner, owned } = ownedBy(callerOf(response), name);
      const action = requestAction(response, `PUT ${route}`, { kind: 'volume', id: `${pool}/${name}` });
      const operation = await audit.recorded(action, () =>
        volumes.upload(request, { pool, name }, parsed.data.format ?? null, { ...owner, ...owned }),
      );
      // The answer comes when all is received, or when it is clear that it need not be.
      await Promise.race([finished(request, { writable: false }), operation.done]);
      response.setHeader('Location', `/v1/operations/${operation.id}`);
      sendJson(response, 202, { operation: { id: operation.id } });
    } catch (error) {
      // The rest of the body is not read: the connection cannot be used again.
      if (!request.complete) response.set('Connection', 'close');
      throw error;
    }
  });
  router.get(route, async (request, response) => {
    const { pool, name } = request.params;
    const action = requestAction(response, `GET ${route}`, { kind: 'volume', id: `${pool}/${name}` });
    // All that is in it: that it was taken is recorded like a change.
    const content = await audit.recorded(action, () => volumes.content(request.params));
    const range = readRange(request.header('Range'), content.sizeBytes);
    const stream = await content.open(range);
    response.status(range === null ? 200 : 206);
    response.setHeader('Content-Type', 'application/octet-stream');
    response.setHeader('Accept-Ranges', 'bytes');
    response.setHeader(
      'Content-Length',
      String(range === null ? content.sizeBytes : range.last - range.first + 1n),
    );
    if (range !== null) {
      response.setHeader('Content-Range', `bytes ${range.first}-${range.last}/${content.sizeBytes}`);
    }
    if (request.method === 'HEAD') {
      stream.destroy();
      response.end();
      return;
    }
    await pipeline(stream, response);
  });
}
