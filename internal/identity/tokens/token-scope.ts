import { z } from 'zod';
import type { Role } from '../caller.ts';
import { lesser } from '../roles.ts';

/** What a token may do of what its user may. */
export interface TokenScope {
  /** `reads`: nothing is changed with it. `metrics`: `/metrics` and nothing else. */
  readonly use: 'everything' | 'reads' | 'metrics';
  /** At most this role by project (32 hexadecimal digits), and no other project; null: whatever the user may. */
  readonly projects: Readonly<Record<string, Role>> | null;
}

export const wholeScope: TokenScope = { use: 'everything', projects: null };

const schema: z.ZodType<TokenScope> = z.object({
  use: z.enum(['everything', 'reads', 'metrics']),
  projects: z.record(z.string(), z.enum(['viewer', 'operator', 'admin'])).nullable(),
});

/** The same text for the same scope. */
export function encodeScope({ use, projects }: TokenScope): string {
  const sorted =
    projects && Object.fromEntries(Object.entries(projects).sort(([a], [b]) => (a < b ? -1 : 1)));
  return JSON.stringify({ use, projects: sorted });
}

/** Throws when it is none: a token whose scope cannot be read lets nobody in. */
export function decodeScope(text: string): TokenScope {
  return schema.parse(JSON.parse(text));
}

/** What is left of the user's rights. An administrator with a token for some projects is none with it. */
export function narrowed(
  user: { readonly administrator: boolean; readonly roles: ReadonlyMap<string, Role> },
  { use, projects }: TokenScope,
): { readonly administrator: boolean; readonly roles: ReadonlyMap<string, Role> } {
  if (use === 'metrics') return { administrator: false, roles: new Map() };
  const most = (role: Role): Role => (use === 'reads' ? 'viewer' : role);
  if (projects === null) {
    if (user.administrator) return { administrator: true, roles: new Map() };
    return { administrator: false, roles: new Map([...user.roles].map(([id, role]) => [id, most(role)])) };
  }
  const roles = new Map<string, Role>();
  for (const [project, role] of Object.entries(projects)) {
    const held = user.administrator ? 'admin' : user.roles.get(project);
    if (held !== undefined) roles.set(project, most(lesser(held, role)));
  }
  return { administrator: false, roles };
}
