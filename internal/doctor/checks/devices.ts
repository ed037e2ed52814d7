import type { Evidence } from '../evidence.ts';
import { finding, type Finding } from '../finding.ts';

/** Devices that must not be given out, and whether Protium can look after the others as it should. */
export function checkDevices({ host, conditions, permissions }: Evidence): readonly Finding[] {
  const found = conditions
    .filter(({ condition }) => condition !== 'returning')
    .map(({ address, condition, reason, since }) =>
      finding('device', 'warning', `${address} is ${condition} since ${since}: ${reason}.`, {
        fix:
          condition === 'stuck'
            ? 'Reboot the host: the kernel does not let go of it.'
            : 'Bind it to its driver again, or turn the host off and on; it is given out again once it has its driver and answers.',
        details: { address, condition },
      }),
    );
  if (host?.iommu.enabled === true && permissions.userId !== 0) {
    found.push(
      finding(
        'device-access',
        'note',
        'Protium does not run as root: it does not see which processes use a device, and libvirt changes the drivers, without a deadline.',
        { fix: 'On a host whose devices go to VMs, run it as root.' },
      ),
    );
  }
  return found;
}
