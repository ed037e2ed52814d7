import type { DeviceCondition } from '../../placement/claim.ts';

/** What a client should know of devices that did not come back whole: a sentence each. */
export function deviceNotices(conditions: readonly DeviceCondition[]): string[] {
  return conditions.map(({ address, condition, reason }) => `${address} is ${condition}: ${reason}.`);
}
