import { asRefusal } from '../audit/refusal-codes.ts';
import { ProtiumError } from '../errors/protium-error.ts';
import type { Caller } from '../identity/caller.ts';
import { decide, type Permission } from './decide.ts';
import type { Found, Objects } from './objects.ts';
import type { Reference, Row } from './policy/row.ts';
import { fieldOf, withField } from './request-fields.ts';

const roleFor: Readonly<Record<Permission, string>> = {
  view: 'viewer',
  operate: 'operator',
  manage: 'admin',
};

/**
 * Checks everything that the request names, and fills in what it leaves open: the project.
 *
 * @param name of the method or route, for the refusal
 * @returns the request as it is to be carried out
 * @throws ProtiumError `access-denied`; `not-found` for what is of projects in which the caller has no role
 */
export function authorize<Request>(
  name: string,
  row: Row | undefined,
  request: Request,
  caller: Caller,
  objects: Objects,
): Request {
  requireAccess(name, row, caller);
  let allowed = request;
  for (const reference of row?.references ?? []) {
    allowed = checked(name, reference, allowed, caller, objects);
  }
  return allowed;
}

/** What can be said before anything of the request is read. Throws `access-denied`. */
export function requireAccess(name: string, row: Row | undefined, caller: Caller): void {
  if (caller.readOnly === true && row?.effect !== 'read') {
    throw denied(`${name} changes something, and these credentials may only read.`, name);
  }
  if (caller.administrator || (row !== undefined && row.access !== 'administrator')) return;
  throw denied(`${name} is for administrators of this host. Ask one of them to do it.`, name);
}

function checked<Request>(
  name: string,
  { kind, fields, needs }: Reference,
  request: Request,
  caller: Caller,
  objects: Objects,
): Request {
  const values = fields.map((field) => fieldOf(request, field));
  const [field] = fields;
  const absent = values.every((value) => value === undefined);
  if (kind === 'own project' || (kind === 'project' && absent)) {
    const standing = { of: 'project', project: caller.project } as const;
    require(name, needs, { standing, what: `project "${caller.project}"` }, caller);
    return field === undefined ? request : withField(request, field, caller.project);
  }
  if (absent || caller.administrator) return request;
  let allowed = request;
  for (const found of objects.find(kind, values, caller)) {
    require(name, found.needs ?? needs, found, caller);
    if (found.unmistakable !== undefined && field !== undefined) {
      allowed = withField(allowed, field, found.unmistakable);
    }
  }
  return allowed;
}

function require(name: string, needs: Permission, { standing, what }: Found, caller: Caller): void {
  const verdict = decide(caller, needs, standing);
  if (verdict === 'allowed') return;
  // One text for what is not there and for what is not to be seen.
  if (verdict === 'hidden') {
    const error = new ProtiumError('not-found', `There is no ${what}.`);
    throw standing.of === 'nothing' ? error : asRefusal(error);
  }
  if (standing.of !== 'project') {
    throw denied(`The ${what} is everybody's: ${name} is for administrators of this host there.`, name);
  }
  throw denied(
    `${name} asks for the role ${roleFor[needs]} in the project ${standing.project}, in which you are ` +
      `${caller.roles.get(standing.project) ?? 'nobody'}. An admin of the project can give it to you (protium project).`,
    name,
    { project: standing.project, role: roleFor[needs] },
  );
}

function denied(
  message: string,
  method: string,
  details: Readonly<Record<string, string>> = {},
): ProtiumError {
  return new ProtiumError('access-denied', message, { details: { method, ...details } });
}
