import type { Limits } from '../../../internal/rate-limits/limits.ts';

/** Nobody asks too often. */
export const noLimits: Limits = { count: () => Promise.resolve() };
