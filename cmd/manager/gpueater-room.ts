import type { GpueaterRoutesOptions } from '../../internal/api/http/gpueater/routes.ts';
import { allFunctions, type GpueaterParts } from '../../internal/api/http/gpueater/all-functions.ts';
import type { Config } from '../../internal/config/config.ts';
import { createIdentity } from '../../internal/identity/create-identity.ts';
import type { Identity } from '../../internal/identity/identity.ts';
import type { Database } from '../../internal/store/database.ts';

export interface GpueaterRoom {
  readonly identity: Identity;
  /** The dialect's routes, once there is what its functions work with. */
  open(parts: GpueaterParts): GpueaterRoutesOptions;
}

/** Wires the dialect of GPUEater's console. */
export function createGpueaterRoom(options: {
  readonly config: Pick<Config, 'httpNames'>;
  readonly database: Database;
}): GpueaterRoom {
  const identity = createIdentity({ database: options.database });
  return {
    identity,
    open: (parts) => ({ identity, names: options.config.httpNames, functions: allFunctions(parts) }),
  };
}
