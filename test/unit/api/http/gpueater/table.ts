import { allFunctions, type GpueaterParts } from '../../../../../internal/api/http/gpueater/all-functions.ts';

/** What can be taken apart as deep as wished, and does nothing. */
const nothing: unknown = new Proxy(() => undefined, { get: () => nothing, apply: () => nothing });

/** The table of functions as routes and pages are made of it; none of them can be called. */
export const table = allFunctions(nothing as GpueaterParts);
