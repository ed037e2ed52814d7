import { readFileSync } from 'node:fs';
import path from 'node:path';
import { ProtiumError } from '../errors/protium-error.ts';

/**
 * libvirt's filters see what passes a bridge only where the kernel shows it to iptables. Where it is not said, the first rule
 * loads what does, switched on.
 *
 * @param hostRoot the host's root directory
 * @throws ProtiumError `host-incapable`
 */
export function requireBridgeFiltering(hostRoot: string): void {
  for (const program of ['iptables', 'ip6tables']) {
    const setting = `bridge-nf-call-${program}`;
    if (textOf(path.join(hostRoot, 'proc/sys/net/bridge', setting)) !== '0') continue;
    throw new ProtiumError(
      'host-incapable',
      `This host does not filter what passes a bridge (net.bridge.${setting} is 0): no firewall would hold. ` +
        `Switch it on: sysctl -w net.bridge.${setting}=1, and in /etc/sysctl.d.`,
      { details: { setting: `net.bridge.${setting}` } },
    );
  }
}

function textOf(file: string): string | null {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return null;
  }
}
