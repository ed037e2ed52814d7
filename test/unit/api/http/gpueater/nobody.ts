import type { GpueaterRoutesOptions } from '../../../../../internal/api/http/gpueater/routes.ts';

/** The GPUEater dialect without users and functions, for tests of other routes. */
export const nobody: Omit<GpueaterRoutesOptions, 'audit'> = {
  names: [],
  functions: [],
  identity: {
    authenticate: () => null,
    session: () => null,
    sessionOfPeer: () => null,
    openSession: () => {
      throw new Error('not asked');
    },
  },
};
