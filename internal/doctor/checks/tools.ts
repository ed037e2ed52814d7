import type { Evidence } from '../evidence.ts';
import { finding, type Finding } from '../finding.ts';

/** Programs that only some things need. */
export function checkTools({ tools, permissions }: Evidence): readonly Finding[] {
  return [
    tools.virtSysprep
      ? finding('image-cleaning', 'ok', 'Images of instances can be cleaned: virt-sysprep is installed.')
      : finding(
          'image-cleaning',
          'note',
          'Images of instances can only be made as they are (--as-is): virt-sysprep is not installed.',
          { fix: 'apt-get install guestfs-tools (Fedora: dnf install guestfs-tools)' },
        ),
    leaseRelease(tools.dhcpRelease, permissions.userId),
  ];
}

function leaseRelease(installed: boolean, userId: number): Finding {
  const taken = 'The addresses of deleted VMs stay taken until their leases run out:';
  if (!installed) {
    return finding('lease-release', 'note', `${taken} dhcp_release is not installed.`, {
      fix: 'apt-get install dnsmasq-utils (Fedora: dnf install dnsmasq-utils)',
    });
  }
  return userId === 0
    ? finding('lease-release', 'ok', 'Addresses of deleted VMs are free at once: dhcp_release is installed.')
    : finding('lease-release', 'note', `${taken} dhcp_release works for root only.`);
}
