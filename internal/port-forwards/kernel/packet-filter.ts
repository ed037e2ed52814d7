import { createKernelRules } from './kernel-rules.ts';
import { acceptChain, acceptedForwards, nftCommands, table, type KernelForward } from './ruleset.ts';

/** The kernel's packet filter. */
export interface PacketFilter {
  /**
   * Makes our rules as they are to be, all or none. `applied` false, with the reason: this host's rules cannot be made to do it,
   * and none of ours are left that send packets anywhere.
   */
  apply(
    forwards: readonly KernelForward[],
  ): Promise<{ readonly applied: true } | { readonly applied: false; readonly why: string }>;
}

/** @param file see createKernelRules */
export function createPacketFilter(file: string): PacketFilter {
  const rules = createKernelRules({ table: table.name, chain: acceptChain }, file);
  const set = (forwards: readonly KernelForward[]) =>
    rules.set({ commands: nftCommands(forwards), accepted: acceptedForwards(forwards) });
  return {
    async apply(forwards) {
      try {
        await set(forwards);
        return { applied: true };
      } catch (error) {
        await set([]).catch(() => undefined);
        return { applied: false, why: (error as Error).message };
      }
    },
  };
}
