import type { Evidence } from '../evidence.ts';
import { finding, type Finding } from '../finding.ts';

const check = 'floating-addresses';

/** Addresses that cannot be given stand in the way of launches that want one. */
export function checkFloatingAddresses({ floating }: Evidence): readonly Finding[] {
  const { addresses, size, used, problem } = floating;
  if (addresses === null) return [finding(check, 'ok', 'Floating addresses are turned off.')];
  const details = { addresses, size, used };
  if (problem !== null) {
    return [
      finding(check, 'warning', `Floating addresses lead nowhere: ${problem}`, {
        fix: 'Set PROTIUM_FLOATING_ADDRESSES to addresses that no network has (none: turn them off); nft, iptables and ip must be installed, and the daemon needs CAP_NET_ADMIN.',
        details,
      }),
    ];
  }
  if (used >= size) {
    return [
      finding(check, 'warning', `All ${size} floating addresses are given away.`, {
        fix: 'Release one (protium address list), or widen PROTIUM_FLOATING_ADDRESSES.',
        details,
      }),
    ];
  }
  return [finding(check, 'ok', `${size - used} of ${size} floating addresses are free.`, { details })];
}
