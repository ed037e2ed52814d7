import type { LeaseRules } from './lease-rules.ts';

/** Until the policy is there. */
export function leaseRules(_policy: unknown): LeaseRules {
  return {
    granularityMs: 1000,
    horizonOf: (_owner, now) => now + 14 * 86_400_000,
    problems: () => [],
    occurrences: (first) => [first],
  };
}
