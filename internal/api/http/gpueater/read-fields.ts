import { parse } from 'node:querystring';
import type { Request } from 'express';
import { ProtiumError } from '../../../errors/protium-error.ts';
import { readBody } from '../body.ts';
import { readJsonBody } from '../json-body.ts';

/** The fields as they came: text or lists of text from forms, anything from JSON. */
export type Fields = ReadonlyMap<string, unknown>;

const maxFormBytes = 256 * 1024;

/** The fields of a query or of a form: `a`, `a=1`, `a=1&a=2`, `a[]=1`; what is nested keeps its name, as `a[b]`. */
export function fieldsOfForm(text: string): Fields {
  const fields = new Map<string, unknown>();
  for (const [key, value] of Object.entries(parse(text, '&', '=', { maxKeys: 0 }))) {
    fields.set(key.replace(/\[\]$/, ''), value);
  }
  return fields;
}

/**
 * All fields of a request: of the query, and of the body of a POST, which counts where both have one. Its body is a form, or
 * a JSON object.
 *
 * @throws ProtiumError `body-too-large`, `media-type-unsupported`, `request-malformed`
 */
export async function readFields(request: Request): Promise<Fields> {
  const [, query = ''] = /\?([^#]*)/.exec(request.originalUrl) ?? [];
  const fromQuery = fieldsOfForm(query);
  if (request.method !== 'POST') return fromQuery;
  const type = (request.headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
  if (type === 'application/json') return new Map([...fromQuery, ...(await jsonFields(request))]);
  if (type === '' || type === 'application/x-www-form-urlencoded') {
    const body = await readBody(request, maxFormBytes);
    return new Map([...fromQuery, ...fieldsOfForm(body.toString('utf8'))]);
  }
  throw new ProtiumError(
    'media-type-unsupported',
    'A body must be a form (application/x-www-form-urlencoded) or a JSON object (application/json).',
    { details: { contentType: type } },
  );
}

async function jsonFields(request: Request): Promise<Fields> {
  const body = await readJsonBody(request);
  if (!body.ok) {
    const messages = body.errors.map(({ message }) => message);
    throw new ProtiumError('request-malformed', messages.join(' '));
  }
  if (body.value === undefined || body.value === null) return new Map();
  if (typeof body.value !== 'object' || Array.isArray(body.value)) {
    throw new ProtiumError('request-malformed', 'The body must be one JSON object.');
  }
  return new Map<string, unknown>(Object.entries(body.value));
}
