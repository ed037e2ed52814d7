import type { LeasePolicy, PolicyProblem } from './policy.ts';

/** What amounts to something: the rules of time are the same for all, and are judged once. */
const amounts: readonly PolicyProblem['rule'][] = ['cpus', 'memory', 'gpu-hours'];

/** A policy of nothing but a user's quota, for the leases that they made; null: they have none. Pure. */
export function userPolicy(policy: LeasePolicy, creator: string | undefined): LeasePolicy | null {
  if (creator === undefined || policy.quotaOfUser === undefined) return null;
  const { cores, memoryMib, gpuHoursPerWeek } = policy.quotaOfUser(creator);
  if (cores === null && memoryMib === null && gpuHoursPerWeek === null) return null;
  const { zone, granularityMs } = policy;
  return {
    zone,
    granularityMs,
    horizonMs: Infinity,
    minimumMs: 0,
    maximumMs: null,
    futureLeases: null,
    ownOverlap: true,
    maxima: { default: { cpus: cores, memoryMib, gpus: null, gpuHoursPerWeek }, custom: {} },
  };
}

/** What is against it by the user's quota, told as such. */
export function userProblems(problems: readonly PolicyProblem[] | null): readonly string[] {
  return (problems ?? [])
    .filter(({ rule }) => amounts.includes(rule))
    .map(({ message }) => `By your own quota, of all that you have in all projects: ${message}`);
}
