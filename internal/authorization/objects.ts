import type { Caller } from '../identity/caller.ts';
import type { Permission, Standing } from './decide.ts';
import type { ObjectKind } from './policy/row.ts';

/** An object that a request names. */
export interface Found {
  readonly standing: Standing;
  /** As a refusal names it, e.g. `instance "web"`. */
  readonly what: string;
  /** Where that is less than the reference asks for: an image is only read. */
  readonly needs?: Permission;
  /** What names it without doubt, where several projects may use the same name; the request then says this. */
  readonly unmistakable?: string;
}

/** Finds whose the objects are that requests name; in the way in which the rooms themselves find them. */
export interface Objects {
  /**
   * @param values of the fields of a reference, in its order
   * @throws ProtiumError `path-forbidden`, `access-denied` for what only administrators may name
   */
  find(
    kind: ObjectKind,
    values: readonly unknown[],
    caller: Pick<Caller, 'administrator' | 'roles' | 'project'>,
  ): readonly Found[];
}

export const nothing: Standing = { of: 'nothing' };
export const everyones: Standing = { of: 'everyone' };
const administratorsOnly: Standing = { of: 'administrators' };

/** @param owner null: nobody's, which is the administrators'; undefined: there is no such object */
export function belongingTo(owner: string | null | undefined): Standing {
  if (owner === undefined) return nothing;
  return owner === null ? administratorsOnly : { of: 'project', project: owner };
}
