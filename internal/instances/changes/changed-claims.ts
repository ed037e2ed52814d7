import type { Claim } from '../../placement/claim.ts';

/** What instances that are being changed are to have: held beside what they have until the change has ended. */
export class ChangedClaims {
  readonly #claims = new Map<string, Claim>();
  #revision = 0;

  hold(operationId: string, claim: Claim): void {
    this.#claims.set(operationId, claim);
    this.#revision += 1;
  }

  release(operationId: string): void {
    if (this.#claims.delete(operationId)) this.#revision += 1;
  }

  /** Differs whenever `beside` may answer otherwise. */
  revision(): number {
    return this.#revision;
  }

  /** The claims with what is to become of them: of each the larger part counts, since nobody knows how the change ends. */
  beside(claims: readonly Claim[]): readonly Claim[] {
    if (this.#claims.size === 0) return claims;
    const changes = [...this.#claims.values()];
    return claims.map((claim) =>
      changes.filter(({ holder }) => holder === claim.holder).reduce(largerOf, claim),
    );
  }
}

function largerOf(a: Claim, b: Claim): Claim {
  return {
    ...a,
    cores: [...new Set([...a.cores, ...b.cores])].sort((x, y) => x - y),
    overprovision: Math.min(a.overprovision, b.overprovision),
    slots: Math.max(a.slots, b.slots),
    memoryMib: Math.max(a.memoryMib, b.memoryMib),
    memoryNodes: b.memoryMib > a.memoryMib ? b.memoryNodes : a.memoryNodes,
    hugepages: (b.hugepages?.count ?? 0) > (a.hugepages?.count ?? 0) ? b.hugepages : a.hugepages,
    pci: [...new Set([...a.pci, ...b.pci])],
  };
}
