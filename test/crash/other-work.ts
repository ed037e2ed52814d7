import { bookingScenarios } from './booking-scenarios.ts';
import { identityScenarios } from './identity-scenarios.ts';
import { leaseScenarios } from './lease-scenarios.ts';
import { networkScenarios } from './network-scenarios.ts';
import { otherScenarios } from './other-scenarios.ts';
import type { Scenario } from './scenario.ts';

/** What is durable beside the journal of operations. */
export const otherWork: readonly Scenario[] = [
  ...networkScenarios,
  ...leaseScenarios,
  ...bookingScenarios,
  ...identityScenarios,
  ...otherScenarios,
];
