/** An address of the pool that is kept for an owner, whether it leads to an instance or not. */
export interface HeldAddress {
  readonly address: string;
  /** 32 hex digits. */
  readonly owner: string;
}

/** Those of an owner's that lead nowhere yet, in the order in which they are held. Pure. */
export function unusedOf(
  held: readonly HeldAddress[],
  owner: string,
  taken: ReadonlySet<string>,
): readonly string[] {
  return held.flatMap(({ address, owner: holder }) =>
    holder === owner && !taken.has(address) ? [address] : [],
  );
}
