import { writeFile } from 'node:fs/promises';
import { execa } from 'execa';
import { acceptChain, acceptRules, nftCommands, table, type KernelForward } from './ruleset.ts';

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

const deadline = { timeout: 20_000, reject: false, stripFinalNewline: true } as const;

/**
 * By nft and iptables, which need the capability CAP_NET_ADMIN.
 *
 * @param file where the rules are written for nft, which cannot read them from a pipe of Node's (a socket)
 */
export function createPacketFilter(file: string): PacketFilter {
  const run = async (program: string, args: readonly string[], input?: string): Promise<string> => {
    const { failed, stdout, stderr, shortMessage } = await execa(program, args, {
      ...deadline,
      ...(input === undefined ? { stdin: 'ignore' as const } : { input }),
    });
    if (!failed) return stdout;
    const [said = ''] = stderr.trim().split('\n');
    throw new Error(`${program}: ${said === '' ? shortMessage : said}`);
  };
  const nft = async (forwards: readonly KernelForward[]): Promise<void> => {
    await writeFile(file, JSON.stringify(nftCommands(forwards)), { mode: 0o600 });
    await run('nft', ['-j', '-f', file]);
  };
  const accept = async (forwards: readonly KernelForward[]): Promise<void> => {
    const listed = (await run('iptables', ['-w', '20', '-S'])).split('\n');
    const text = acceptRules(forwards, {
      forwardChain: listed.filter((line) => line.startsWith('-A FORWARD ')),
      chainExists: listed.includes(`-N ${acceptChain}`),
    });
    if (text !== null) await run('iptables-restore', ['-w', '20', '--noflush'], text);
  };
  return {
    async apply(forwards) {
      try {
        const tables = await run('nft', ['-j', 'list', 'tables']);
        // libvirt from 10.4 on keeps rules of its own there, which refuse whatever ours accept.
        if (tables.includes('"libvirt_network"')) throw new Error('libvirt keeps its rules in nftables');
        // Where there is nothing of ours and is to be nothing, nothing is touched.
        if (forwards.length > 0 || tables.includes('"filter"')) await accept(forwards);
        if (forwards.length > 0 || tables.includes(`"${table.name}"`)) await nft(forwards);
        return { applied: true };
      } catch (error) {
        await nft([]).catch(() => undefined);
        return { applied: false, why: (error as Error).message };
      }
    },
  };
}
