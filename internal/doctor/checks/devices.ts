import type { Evidence } from '../evidence.ts';
import { finding, type Finding } from '../finding.ts';

/** Devices that did not come back from a VM. */
export function checkDevices({ conditions }: Evidence): readonly Finding[] {
  return conditions
    .filter(({ condition }) => condition !== 'returning')
    .map(({ address, condition, reason, since }) =>
      finding('device', 'warning', `${address} is ${condition} since ${since}: ${reason}`, {
        fix:
          condition === 'stuck'
            ? 'Reboot the host: the kernel does not come back from the change of its driver.'
            : `See what it says (lspci -vvs ${address}; dmesg), reset it or reboot, then POST /v1/host/devices/${address}/release.`,
        details: { address, condition },
      }),
    );
}
