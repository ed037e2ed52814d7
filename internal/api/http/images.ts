import { finished } from 'node:stream/promises';
import type { Request, Response, Router } from 'express';
import { ProtiumError } from '../../errors/protium-error.ts';
import type { Image, Images } from '../../images/image.ts';
import { readImportRequest, readUploadRequest } from '../../images/request.ts';
import { allowLongBody } from './body-deadline.ts';
import { readJsonBody } from './json-body.ts';
import { sendJson } from './json.ts';

/**
 * `GET /v1/images`, `GET /v1/images/{id or name}` (with its users), `GET /v1/image-catalogue`; `POST /v1/images`,
 * `PUT /v1/images/{name}/content` and `DELETE /v1/images/{id or name}` answer with the id of the operation,
 * which `/v1/operations/{id}` shows.
 */
export function addImageRoutes(router: Router, images: Images): void {
  const accepted = (response: Response, { id }: { readonly id: string }): void => {
    response.setHeader('Location', `/v1/operations/${id}`);
    sendJson(response, 202, { operation: { id } });
  };
  router.get('/v1/images', (_request, response) => {
    sendJson(response, 200, { images: images.list() });
  });
  router.get('/v1/image-catalogue', async (_request, response) => {
    sendJson(response, 200, { images: await images.catalogue() });
  });
  router.get('/v1/images/:id', (request, response) => {
    const image = existing(images, request.params.id);
    sendJson(response, 200, { ...image, users: images.usersOf(image) });
  });
  router.post('/v1/images', async (request, response) => {
    const body = await readJsonBody(request);
    if (!body.ok) throw new ProtiumError('request-malformed', body.errors[0]?.message ?? 'Not JSON.');
    accepted(response, await images.import(readImportRequest(body.value), change(request)));
  });
  router.put('/v1/images/:name/content', async (request, response) => {
    try {
      allowLongBody(request);
      const upload = readUploadRequest(request.params.name, request.query);
      const operation = await images.upload(request, upload);
      // The answer comes when all is received, or when it is clear that it need not be.
      await Promise.race([finished(request, { writable: false }), operation.done]);
      accepted(response, operation);
    } catch (error) {
      // The rest of the body is not read: the connection cannot be used again.
      if (!request.complete) response.set('Connection', 'close');
      throw error;
    }
  });
  router.delete('/v1/images/:id', async (request, response) => {
    accepted(response, await images.delete(request.params.id, change(request)));
  });
}

function existing(images: Images, idOrName: string): Image {
  const image = images.get(idOrName);
  if (image !== undefined) return image;
  throw new ProtiumError('not-found', `There is no image "${idOrName}" (by id or name).`);
}

function change(request: Request): { idempotencyKey?: string } {
  const key = request.get('Idempotency-Key');
  if (key === undefined) return {};
  if (!/^[\x21-\x7e]{1,255}$/.test(key)) {
    throw new ProtiumError(
      'argument-invalid',
      'The header Idempotency-Key must be 1 to 255 visible ASCII characters.',
    );
  }
  return { idempotencyKey: key };
}
