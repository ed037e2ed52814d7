import {
  fromJson,
  ScalarType,
  toBinary,
  type DescField,
  type FileRegistry,
  type JsonValue,
} from '@bufbuild/protobuf';
import type { Request } from 'express';
import { InvalidFields } from '../../../errors/invalid-fields.ts';
import { ProtiumError } from '../../../errors/protium-error.ts';
import { mayBeBrowserOrProxy } from '../../door/program-marks.ts';
import { readJsonBody } from '../json-body.ts';
import type { HttpBinding } from './bindings.ts';

/**
 * The request's message, serialised: from the path, the body and the query, and from the headers If-Match,
 * Idempotency-Key and Last-Event-ID where the message has such a field.
 *
 * @throws ProtiumError `argument-invalid`, `body-too-large`
 */
export async function readRequest(
  request: Request,
  binding: HttpBinding,
  registry: FileRegistry,
): Promise<Uint8Array> {
  const fields = new Map<string, JsonValue>();
  const set = (name: string, value: JsonValue): void => {
    const key = fieldOf(binding, name)?.jsonName ?? name;
    if (fields.has(key) && fields.get(key) !== value) {
      throw new ProtiumError('argument-invalid', `"${key}" is said twice, differently.`);
    }
    fields.set(key, value);
  };
  for (const [name, value] of await bodyFields(request, binding)) set(name, value);
  for (const [name, value] of Object.entries(request.query)) {
    const field = fieldOf(binding, name);
    if (field === undefined || binding.body === '*') throw unknownParameter(name, binding);
    set(name, parameter(field, value));
  }
  for (const [header, name] of headerFields) {
    const value = request.header(header);
    if (value !== undefined && fieldOf(binding, name) !== undefined) set(name, unquoted(value));
  }
  for (const name of binding.pathFields) set(name, String(request.params[name]));
  try {
    return toBinary(binding.input, fromJson(binding.input, Object.fromEntries(fields), { registry }));
  } catch (error) {
    // The library says which field, and why; it throws for nothing else.
    const message = `The request does not fit: ${(error as Error).message}.`;
    throw new InvalidFields([{ path: '', message }], { cause: error });
  }
}

const headerFields = [
  ['If-Match', 'etag'],
  ['Idempotency-Key', 'idempotency_key'],
  ['Last-Event-ID', 'after'],
] as const;

async function bodyFields(
  request: Request,
  { body }: HttpBinding,
): Promise<readonly [name: string, value: JsonValue][]> {
  if (body === '') return [];
  requireJson(request);
  const read = await readJsonBody(request);
  if (!read.ok) throw new InvalidFields(read.errors);
  const value = (read.value ?? {}) as JsonValue;
  if (body !== '*') return [[body, value]];
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new InvalidFields([{ path: '', message: 'The body must be a JSON object.' }]);
  }
  return Object.entries(value);
}

/**
 * A web page of another site can have a browser send forms and plain text, but not JSON, without asking first. Programs may call
 * JSON what they like: `curl -d` calls it a form.
 *
 * @throws ProtiumError `media-type-unsupported`
 */
function requireJson({ headers }: Request): void {
  if (!mayBeBrowserOrProxy(headers, 'localhost', [])) return;
  const type = headers['content-type'];
  const hasBody = headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
  if (!hasBody || /^application\/(?:[\w.-]+\+)?json\s*(?:;|$)/i.test(type?.trim() ?? '')) return;
  throw new ProtiumError(
    'media-type-unsupported',
    'Send the body with the header Content-Type: application/json (curl --json does).',
    { details: { contentType: type ?? '' } },
  );
}

function fieldOf({ input }: HttpBinding, name: string): DescField | undefined {
  return input.fields.find((field) => field.name === name || field.jsonName === name);
}

/** The text of a query as the JSON that the field takes. */
function parameter(field: DescField, value: unknown): JsonValue {
  const texts = (Array.isArray(value) ? value : [value]).map((each) => {
    if (typeof each === 'string') return each;
    throw new ProtiumError('argument-invalid', `The parameter "${field.jsonName}" must be plain text.`);
  });
  if (field.fieldKind === 'list') return texts.map((text) => scalar(field.scalar, text));
  const [text, ...more] = texts;
  if (text === undefined || more.length > 0) {
    throw new ProtiumError('argument-invalid', `Give the parameter "${field.jsonName}" once.`);
  }
  return scalar(field.scalar, text);
}

/** JSON has numbers as text too, but no booleans. */
function scalar(type: ScalarType | undefined, text: string): JsonValue {
  return type === ScalarType.BOOL && (text === 'true' || text === 'false') ? text === 'true' : text;
}

/** An entity tag has quotes around it (RFC 9110, 8.8.3). */
function unquoted(value: string): string {
  return /^"(.*)"$/.exec(value)?.[1] ?? value;
}

function unknownParameter(name: string, { input, pathFields, body }: HttpBinding): ProtiumError {
  const known = input.fields.filter((field) => !pathFields.includes(field.name) && field.name !== body);
  const names = body === '*' ? [] : known.map(({ jsonName }) => jsonName);
  const those = names.length === 0 ? 'there are none here' : `there are ${names.join(', ')}`;
  return new ProtiumError('argument-invalid', `There is no parameter "${name}": ${those}.`);
}
