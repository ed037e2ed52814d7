/** So that those who are refused cannot fill the disk: few refusals of one address are recorded each, the others counted. */
export interface RefusalFlood<Refusal> {
  /** Whether this one is to be recorded by itself; else it is counted. */
  admit(address: string, refusal: Refusal): boolean;
  /** What was counted since, at the end of its minute, or at once with `all`: the last of its kind, and how many. */
  drain(all?: boolean): readonly { readonly refusal: Refusal; readonly count: number }[];
}

const windowMs = 60_000;
const recordedEach = 20;
const mostAddresses = 1000;

/** @param now in milliseconds */
export function createRefusalFlood<Refusal>(now: () => number): RefusalFlood<Refusal> {
  const addresses = new Map<
    string,
    { readonly since: number; recorded: number; count: number; last: Refusal | null }
  >();
  return {
    admit(address, refusal) {
      // Those beyond share one place.
      const key = addresses.has(address) || addresses.size < mostAddresses ? address : '';
      const known = addresses.get(key);
      if (known === undefined) {
        addresses.set(key, { since: now(), recorded: 1, count: 0, last: null });
        return true;
      }
      if (known.recorded < recordedEach) {
        known.recorded += 1;
        return true;
      }
      known.count += 1;
      known.last = refusal;
      return false;
    },
    drain(all = false) {
      const drained: { refusal: Refusal; count: number }[] = [];
      for (const [address, { since, count, last }] of addresses) {
        if (!all && now() - since < windowMs) continue;
        addresses.delete(address);
        if (last !== null) drained.push({ refusal: last, count });
      }
      return drained;
    },
  };
}
