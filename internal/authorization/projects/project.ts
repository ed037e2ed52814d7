import type { Role } from '../../identity/caller.ts';

export interface Member {
  /** Name of the user. */
  readonly user: string;
  readonly role: Role;
}

/** A group of objects and of those who may see and use them. */
export interface Project {
  /** 32 lower-case hexadecimal digits: the owner of its objects. */
  readonly id: string;
  /** `[a-z0-9][a-z0-9.-]{0,62}`; of a user's own: the user's name. */
  readonly name: string;
  readonly description: string;
  /** A user's own: it exists by itself, and has no other members. */
  readonly personal: boolean;
  /** By name of the user. */
  readonly members: readonly Member[];
  /** ISO 8601, UTC. */
  readonly createdAt: string;
}

/** The use cases of projects. What names a project takes its id or its name; rejects with `not-found`. */
export interface Projects {
  /** By name; users' own too. */
  list(): readonly Project[];
  /** undefined: there is none. */
  find(idOrName: string): Project | undefined;
  /** @throws ProtiumError `already-exists`, `argument-invalid`, `definition-conflict` (the key) */
  create(request: {
    readonly name: string;
    readonly description: string;
    readonly idempotencyKey: string;
    readonly validateOnly: boolean;
  }): Project;
  /** @throws ProtiumError `state-conflict`: it is a user's own; `argument-invalid` */
  describe(named: string, description: string, options: { readonly validateOnly: boolean }): Project;
  /** Only an empty one. Rejects with `state-conflict` (a user's own) and `resource-in-use` with what is in it; `libvirt-unavailable` before that is known. */
  remove(named: string, options: { readonly validateOnly: boolean }): Promise<void>;
  /** Makes somebody a member, or gives a member another role. @throws ProtiumError `not-found`: the user; `state-conflict` */
  setMember(named: string, user: string, role: Role, options: { readonly validateOnly: boolean }): Project;
  /** @throws ProtiumError `not-found`: no member; `state-conflict` */
  removeMember(named: string, user: string, options: { readonly validateOnly: boolean }): Project;
}
