import { normaliseId, undashed } from './ids.ts';
import { isObject, own } from './reading.ts';
import { readSources, readSpec } from './read-spec.ts';
import type { Source } from './sources.ts';
import type { FieldError, JsonValue, Spec, SpecAnswer } from './spec.ts';

export type RegisterBodyAnswer =
  | {
      readonly ok: true;
      /** 32 lower-case hexadecimal digits. */
      readonly owner: string;
      readonly name: string;
      readonly spec: Spec;
      readonly notices: readonly string[];
    }
  | { readonly ok: false; readonly errors: readonly FieldError[] };

/** Reads the body of `register`: the config in `req` (an object or JSON text) or beside it, and who wants it. */
export function readRegisterBody(body: unknown): RegisterBodyAnswer {
  const { sources, error } = sourcesOf(body);
  if (error !== null) return { ok: false, errors: [error] };
  const owner = readOwner(sources);
  const answer = readSources(sources);
  const errors = [
    ...(typeof owner === 'string' ? [] : [owner]),
    ...(answer.ok ? nameless(answer.spec) : answer.errors),
  ];
  if (typeof owner !== 'string' || !answer.ok || answer.spec.name === null || errors.length > 0)
    return { ok: false, errors };
  return { ok: true, owner, name: answer.spec.name, spec: answer.spec, notices: answer.notices };
}

/** Reads the body of `canallocate`: a config, or one in `req`. */
export function readCanallocateBody(body: unknown): SpecAnswer {
  if (own(body as JsonValue, 'req') === undefined) return readSpec(body);
  const { sources, error } = sourcesOf(body);
  return error === null ? readSources(sources) : { ok: false, errors: [error] };
}

/** The client of a body, from `client_uid` or `client_uuid`; 32 lower-case hexadecimal digits, or what is wrong. */
export function readOwner(sources: readonly Source[]): string | FieldError {
  const allowed = '32 hexadecimal digits, or a dashed uuid';
  let owner: { readonly path: string; readonly id: string } | null = null;
  for (const { prefix, value } of sources) {
    for (const key of ['client_uid', 'client_uuid']) {
      const found = own(value, key);
      if (found === undefined || found === null) continue;
      const path = prefix + key;
      const id = typeof found === 'string' ? normaliseId(found) : null;
      if (id === null) return { path, message: 'This is no id of a client.', allowed };
      // Whoever knows a client's id may remove its VMs: never guess which of two is meant.
      if (owner !== null && owner.id !== id)
        return {
          path,
          message: `This says something else than ${owner.path}. Leave one of them out.`,
          allowed,
        };
      owner ??= { path, id };
    }
  }
  if (owner !== null) return undashed(owner.id);
  return { path: 'client_uid', message: 'client_uid is missing: it says whose VM it is.', allowed };
}

function sourcesOf(body: unknown): {
  readonly sources: readonly Source[];
  readonly error: FieldError | null;
} {
  const wrong = (path: string, message: string) => ({
    sources: [],
    error: { path, message, allowed: 'an object' },
  });
  const outer = body as JsonValue;
  if (!isObject(outer)) return wrong('', 'The body must be a JSON object.');
  const req = own(outer, 'req');
  if (req === undefined || req === null) return { sources: [{ prefix: '', value: outer }], error: null };
  const inner = typeof req === 'string' ? parsed(req) : req;
  if (!isObject(inner)) return wrong('req', 'req must be a config: a JSON object, or one as text.');
  const sources = [
    { prefix: '', value: outer },
    { prefix: 'req.', value: inner },
  ];
  return { sources, error: null };
}

function parsed(json: string): JsonValue | undefined {
  try {
    return JSON.parse(json) as JsonValue;
  } catch {
    return undefined;
  }
}

function nameless({ name }: Spec): readonly FieldError[] {
  if (name !== null) return [];
  return [
    {
      path: 'vm_name',
      message: 'vm_name is missing: the VM needs a name.',
      allowed: 'text of at most 255 characters',
    },
  ];
}
