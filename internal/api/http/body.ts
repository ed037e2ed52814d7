import type { Request } from 'express';
import { ProtiumError } from '../../errors/protium-error.ts';

/** Largest request body in bytes; the same as gRPC's default message limit. */
const maxBodyBytes = 4 * 1024 * 1024;

/**
 * The request's body, whole.
 *
 * @throws ProtiumError `body-too-large` as soon as the limit is passed, whatever Content-Length said
 */
export async function readBody(request: Request, limit = maxBodyBytes): Promise<Buffer> {
  const tooLarge = () =>
    new ProtiumError('body-too-large', `The request body is larger than ${limit} bytes; send less.`, {
      details: { limitBytes: limit },
    });
  if (Number(request.headers['content-length'] ?? 0) > limit) throw tooLarge();
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > limit) throw tooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, length);
}
