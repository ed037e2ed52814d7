import { writeFile } from 'node:fs/promises';
import { acceptChainRules } from './accept-chain.ts';
import { runProgram } from './run-program.ts';

/** What the kernel is to have of one kind. */
export interface WantedRules {
  /** For nft, libnftables-json(5): they make our table as it is to be, or take it away. */
  readonly commands: { readonly nftables: readonly object[] };
  /** Of our chain in iptables' table `filter`, behind `-A CHAIN`; none: there is no table and no chain of ours. */
  readonly accepted: readonly string[];
}

/** A table and a chain of ours in the kernel. */
export interface KernelRules {
  /** Rejects when this host's rules cannot be made; what there was may then be there still. */
  set(wanted: WantedRules): Promise<void>;
}

/**
 * By nft and iptables, which need the capability CAP_NET_ADMIN.
 *
 * @param names of the table, which is replaced as a whole, and of the chain in iptables
 * @param file where the rules are written for nft, which cannot read them from a pipe of Node's (a socket)
 */
export function createKernelRules(
  names: { readonly table: string; readonly chain: string },
  file: string,
): KernelRules {
  const accept = async (accepted: readonly string[]): Promise<void> => {
    const listed = (await runProgram('iptables', ['-w', '20', '-S'])).split('\n');
    const text = acceptChainRules(names.chain, accepted, {
      forwardChain: listed.filter((line) => line.startsWith('-A FORWARD ')),
      chainExists: listed.includes(`-N ${names.chain}`),
    });
    if (text !== null) await runProgram('iptables-restore', ['-w', '20', '--noflush'], text);
  };
  return {
    async set({ commands, accepted }) {
      const none = accepted.length === 0;
      const tables = await runProgram('nft', ['-j', 'list', 'tables']);
      // libvirt from 10.4 on keeps rules of its own there, which refuse whatever ours accept.
      if (!none && tables.includes('"libvirt_network"')) {
        throw new Error('libvirt keeps its rules in nftables');
      }
      // Where there is nothing of ours and is to be nothing, nothing is touched.
      if (!none || tables.includes('"filter"')) await accept(accepted);
      if (none && !tables.includes(`"${names.table}"`)) return;
      await writeFile(file, JSON.stringify(commands), { mode: 0o600 });
      await runProgram('nft', ['-j', '-f', file]);
    },
  };
}
