import type { Evidence } from '../evidence.ts';
import { finding, type Finding } from '../finding.ts';

export function checkLibvirt({ libvirt }: Evidence): readonly Finding[] {
  const details = { uri: libvirt.uri };
  if (libvirt.connected) return [finding('libvirt', 'ok', `libvirt answers at ${libvirt.uri}.`, { details })];
  return [
    finding(
      'libvirt',
      'problem',
      `libvirt cannot be reached at ${libvirt.uri}: ${libvirt.error ?? 'no answer yet'}.`,
      {
        fix: 'Start it (systemctl start libvirtd, or virtqemud where libvirt is modular), and see that this user is in the group libvirt.',
        details,
      },
    ),
  ];
}
