/** What a member of a project may do: look, use and change its objects, or also decide who is a member. Each includes the one before. */
export type Role = 'viewer' | 'operator' | 'admin';

/** Who sends a request, as the door found out; the same for every protocol and dialect. */
export interface Caller {
  /** How they showed who they are. `local`: as a user of this machine, over loopback or the Unix socket. */
  readonly way: 'local' | 'token' | 'certificate' | 'oidc' | 'access-key' | 'session';
  /** Name of the user (or of the local user); what the audit tells. */
  readonly user: string;
  /** The user's own id, which their own project has too; absent: nobody whom Protium keeps, as root. What they make counts for it. */
  readonly userId?: string;
  /** May do everything on this host, with raw documents, host paths and foreign domains too. */
  readonly administrator: boolean;
  /** By project: 32 lower-case hexadecimal digits, the owner of the project's objects. Empty for an administrator. */
  readonly roles: ReadonlyMap<string, Role>;
  /** The project of what they make without naming one. */
  readonly project: string;
  /** Id of the token that let them in. */
  readonly credential?: string;
  /** Their credentials let them read, and change nothing. */
  readonly readOnly?: boolean;
  /** Where the request came from, e.g. `192.0.2.7:50122`, `unix`. */
  readonly address: string;
}

/** The project of what belongs to nobody else. */
export const administratorsProject = '0'.repeat(32);

/** The machine's own administrator: root, or the user that the daemon runs as. */
export function localAdministrator(user: string, address: string): Caller {
  return {
    way: 'local',
    user,
    administrator: true,
    roles: new Map(),
    project: administratorsProject,
    address,
  };
}
