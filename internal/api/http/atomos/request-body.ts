import type { Request } from 'express';
import { ProtiumError } from '../../../errors/protium-error.ts';
import { readBody } from '../body.ts';

/**
 * The JSON of a request, whatever its method and content type: Elemento's clients send bodies with GET and DELETE, and
 * as forms. An empty body is undefined.
 *
 * @throws ProtiumError `request-malformed` for what is no JSON
 */
export async function readJson(request: Request): Promise<unknown> {
  const text = (await readBody(request)).toString('utf8').trim();
  if (text === '') return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new ProtiumError('request-malformed', 'The body is no JSON: check quotes, commas and braces.', {
      cause: error,
      details: { position: error instanceof Error ? error.message : '' },
    });
  }
}
