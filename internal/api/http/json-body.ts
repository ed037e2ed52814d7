import type { Request } from 'express';
import type { FieldError } from '../../spec/spec.ts';
import { readBody } from './body.ts';

export type JsonBody =
  | { readonly ok: true; /** undefined: the body is empty. */ readonly value: unknown }
  | { readonly ok: false; readonly errors: readonly FieldError[] };

/** Deeper than any config; what walks the value later does so by recursion. */
const deepest = 64;

/**
 * The JSON of a request, strictly one value, whatever its method and content type: Elemento's clients send bodies with
 * GET and DELETE, and under the content type of forms. A config under `req` may be JSON text: it is read too.
 *
 * @throws ProtiumError `body-too-large`
 */
export async function readJsonBody(request: Request): Promise<JsonBody> {
  const bytes = await readBody(request);
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return wrong('', 'The body is not UTF-8 text.');
  }
  if (text.trim() === '') return { ok: true, value: undefined };
  const body = parse(text, '');
  if (!body.ok || !hasTextReq(body.value)) return body;
  const req = parse(body.value.req, 'req');
  return req.ok ? { ok: true, value: { ...body.value, req: req.value } } : req;
}

function parse(text: string, path: string): JsonBody {
  if (depthOf(text) > deepest) return wrong(path, `This is nested deeper than ${deepest} levels.`);
  try {
    return { ok: true, value: JSON.parse(text) as unknown };
  } catch (error) {
    const why = error instanceof SyntaxError ? withoutQuotation(error.message) : 'unreadable';
    return wrong(path, `This is not JSON (${why}): check quotes, commas and braces.`);
  }
}

/** The parser quotes what surrounds the mistake, which may be a password. */
function withoutQuotation(message: string): string {
  const position = /position \d+/.exec(message);
  return position === null ? 'it ends too early, or says something else' : `wrong at ${position[0]}`;
}

function wrong(path: string, message: string): JsonBody {
  return { ok: false, errors: [{ path, message, allowed: 'a JSON object' }] };
}

function hasTextReq(value: unknown): value is { readonly req: string } {
  return (
    typeof value === 'object' &&
    value !== null &&
    Object.hasOwn(value, 'req') &&
    'req' in value &&
    typeof value.req === 'string'
  );
}

/** How deep brackets are nested outside of strings, in text that need not be JSON. */
function depthOf(text: string): number {
  let [depth, most, inString] = [0, 0, false];
  for (let i = 0; i < text.length; i += 1) {
    const c = text.charCodeAt(i);
    if (inString) {
      if (c === 0x5c) i += 1;
      else if (c === 0x22) inString = false;
    } else if (c === 0x22) inString = true;
    else if (c === 0x7b || c === 0x5b) most = Math.max(most, (depth += 1));
    else if (c === 0x7d || c === 0x5d) depth -= 1;
  }
  return most;
}
