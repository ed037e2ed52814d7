import { localAdministrator, type Caller, type Role } from '../../../internal/identity/caller.ts';

export const red = 'a'.repeat(32);
export const blue = 'b'.repeat(32);

/** Somebody with these roles, whose own project is the first that is named. */
export function person(roles: Readonly<Record<string, Role>>, more: Partial<Caller> = {}): Caller {
  return {
    way: 'token',
    user: 'ada',
    administrator: false,
    roles: new Map(Object.entries(roles)),
    project: Object.keys(roles)[0] ?? 'c'.repeat(32),
    address: '192.0.2.7:1',
    ...more,
  };
}

/** Everybody who may come, by what they are to the project `red`. */
export const everyone = {
  'without a role': person({}),
  viewer: person({ [red]: 'viewer' }),
  operator: person({ [red]: 'operator' }),
  admin: person({ [red]: 'admin' }),
  'admin of another project': person({ [blue]: 'admin' }),
  administrator: localAdministrator('root', 'unix'),
  'operator who may only read': person({ [red]: 'operator' }, { readOnly: true }),
  'administrator who may only read': { ...localAdministrator('root', 'unix'), readOnly: true },
} as const satisfies Readonly<Record<string, Caller>>;
