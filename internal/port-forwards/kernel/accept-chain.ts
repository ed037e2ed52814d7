/** The rules of FORWARD as `iptables -S` tells them, and whether our chain is there. */
export interface ForwardRules {
  readonly forwardChain: readonly string[];
  readonly chainExists: boolean;
}

/** Chains of ours have this in front: their order among themselves does not matter. */
const ours = '-A FORWARD -j PROTIUM_';

/**
 * What iptables-restore (with --noflush) is to do: a chain of ours, and the jump to it before libvirt's, whose chains refuse new
 * connections to guests. An accept elsewhere would not count: every base chain of a hook has its say.
 *
 * @param rules what comes behind `-A CHAIN`; none: the chain is removed
 * @returns null: there is nothing to be done
 */
export function acceptChainRules(
  chain: string,
  rules: readonly string[],
  current: ForwardRules,
): string | null {
  const jump = `FORWARD -j ${chain}`;
  const jumps = current.forwardChain.filter((line) => line === `-A ${jump}`).map(() => `-D ${jump}`);
  if (rules.length === 0) {
    if (!current.chainExists) return null;
    return lines(['*filter', ...jumps, `-F ${chain}`, `-X ${chain}`, 'COMMIT']);
  }
  const before = current.forwardChain.slice(0, current.forwardChain.indexOf(`-A ${jump}`));
  const isFirst = jumps.length === 1 && before.every((line) => line.startsWith(ours));
  const place = isFirst ? [] : [...jumps, `-I FORWARD 1 -j ${chain}`];
  return lines([
    '*filter',
    `:${chain} - [0:0]`,
    ...rules.map((rule) => `-A ${chain} ${rule}`),
    ...place,
    'COMMIT',
  ]);
}

function lines(texts: readonly string[]): string {
  return `${texts.join('\n')}\n`;
}
