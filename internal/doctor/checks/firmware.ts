import type { Evidence } from '../evidence.ts';
import { finding, type Finding } from '../finding.ts';

/** What Windows 11 and other guests that boot by UEFI need. */
export function checkFirmware({ host }: Evidence): readonly Finding[] {
  if (host === null) return [finding('firmware', 'unknown', 'The host could not be read.')];
  const { uefi, secureBoot, tpm, virtioWin } = host.hypervisor;
  const missing = (what: string, consequence: string, fix: string) =>
    finding('firmware', 'warning', `${what}: ${consequence}.`, { fix });
  const found = [
    ...(uefi
      ? []
      : [
          missing(
            'libvirt finds no UEFI firmware',
            'only BIOS guests can be made',
            'Install ovmf (Debian, Ubuntu) or edk2-ovmf (Fedora).',
          ),
        ]),
    ...(uefi && !secureBoot
      ? [
          missing(
            'No UEFI firmware with secure boot is installed',
            'Windows 11 cannot be made',
            'Install ovmf (Debian, Ubuntu) or edk2-ovmf (Fedora).',
          ),
        ]
      : []),
    ...(tpm
      ? []
      : [
          missing(
            'There is no TPM emulator',
            'Windows 11 cannot be made',
            'Install swtpm and swtpm-tools, then restart libvirtd.',
          ),
        ]),
  ];
  if (found.length === 0)
    found.push(finding('firmware', 'ok', 'UEFI, secure boot and a TPM are available to guests.'));
  found.push(
    virtioWin === null
      ? finding(
          'virtio-win',
          'note',
          'The virtio-win driver medium is not on this host: Windows guests use slower emulated devices.',
          {
            fix: 'Put virtio-win.iso into /usr/share/virtio-win (package virtio-win on Fedora) or /var/lib/libvirt/images.',
          },
        )
      : finding('virtio-win', 'ok', `Windows guests get the drivers from ${virtioWin}.`),
  );
  return found;
}
