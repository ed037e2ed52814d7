import type { Permission } from '../decide.ts';

/**
 * Who may ask at all. `anyone`: without showing who they are. `known`: whoever the door knows. `administrator`: nobody else.
 * `project`: whoever has in the projects of all that the request names what each name asks for.
 */
export type Access = 'anyone' | 'known' | 'administrator' | 'project';

/** What a request may name. */
export type ObjectKind =
  | 'project'
  | 'own project'
  | 'instance'
  | 'opened instance'
  | 'domain'
  | 'volume'
  | 'image'
  | 'image source'
  | 'config'
  | 'spec'
  | 'host device'
  | 'network'
  | 'lease'
  | 'provision'
  | 'floating address'
  | 'port forward'
  | 'subscription'
  | 'invoice'
  | 'migration'
  | 'operation'
  | 'booking user';

/** A place of a request where an object is named: it is checked, as source and as target. */
export interface Reference {
  readonly kind: ObjectKind;
  /** Paths of the fields that name it together, e.g. `wish.owner`; none: it is not named, but meant. */
  readonly fields: readonly string[];
  readonly needs: Permission;
}

/** One line of the policy: what a method or a route asks of whoever calls it. */
export interface Row {
  readonly access: Access;
  /** `read`: changes nothing; all that a token which may only read is let do. */
  readonly effect: 'read' | 'change';
  readonly references: readonly Reference[];
  /** Of a list or a stream: what of it is shown. */
  readonly shows: string | null;
}

/** Keys are `Service.method` of protium.v1, or `VERB /path` and the names of functions of a dialect. */
export type Policy = Readonly<Record<string, Row>>;

export function anyone(): Row {
  return { access: 'anyone', effect: 'read', references: [], shows: null };
}

/** Whoever is known may change it: it is their own, of no project. */
export function ownChanges(): Row {
  return { access: 'known', effect: 'change', references: [], shows: null };
}

/** Whoever is known may read it. */
export function known(...references: readonly Reference[]): Row {
  return { access: 'known', effect: 'read', references, shows: null };
}

/** A list or a stream: each sees what belongs to their projects. */
export function listed(shows = 'of one’s projects', ...references: readonly Reference[]): Row {
  return { access: 'known', effect: 'read', references, shows };
}

export function administrators(effect: Row['effect']): Row {
  return { access: 'administrator', effect, references: [], shows: null };
}

/** Reads what is named. */
export function reads(...references: readonly Reference[]): Row {
  return { access: 'project', effect: 'read', references, shows: null };
}

/** Changes, or makes use of, what is named. */
export function changes(...references: readonly Reference[]): Row {
  return { access: 'project', effect: 'change', references, shows: null };
}

export function to(needs: Permission, kind: ObjectKind, ...fields: readonly string[]): Reference {
  return { kind, fields, needs };
}
