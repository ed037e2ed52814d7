import type { OwnedImages } from '../../ownership/owned-images.ts';
import { creatorOf, ownerOrNull } from '../v1/owned-by.ts';
import { callerOf } from './client-gone.ts';
import { finished } from 'node:stream/promises';
import type { Router } from 'express';
import type { Audit } from '../../audit/audit.ts';
import type { Limits } from '../../rate-limits/limits.ts';
import { readUploadRequest } from '../../images/request.ts';
import { allowLongBody } from './body-deadline.ts';
import { sendJson } from './json.ts';
import { requestAction } from './request-action.ts';

const route = '/v1/images/:name/content';

/**
 * `PUT /v1/images/{name}/content`: an upload, whose body is the file. What else is done with images over HTTP is in the
 * contract (protium/v1/images.proto), which has no word for a body that is a stream.
 */
export function addImageUploadRoute(
  router: Router,
  images: Pick<OwnedImages, 'upload'>,
  { audit, limits }: { readonly audit: Pick<Audit, 'recorded'>; readonly limits: Limits },
): void {
  router.put(route, async (request, response) => {
    try {
      allowLongBody(request);
      const upload = readUploadRequest(request.params.name, request.query);
      const caller = callerOf(response);
      await limits.count('image', caller);
      const action = requestAction(response, `PUT ${route}`, { kind: 'image', id: upload.name });
      const operation = await audit.recorded(action, () =>
        images.upload(request, upload, ownerOrNull(caller), creatorOf(caller)),
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
}
