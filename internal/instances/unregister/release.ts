/**
 * Gives back what an instance holds beside its domain: ports, addresses. Called when it is unregistered, and for one whose
 * domain others removed. Must bear being called twice, and for an instance that holds nothing.
 */
export type ReleaseOf = (uuid: string) => Promise<void>;

/** One after the other. */
export function releaseAll(releases: readonly ReleaseOf[]): ReleaseOf {
  return async (uuid) => {
    for (const release of releases) await release(uuid);
  };
}
