import { plainProfile } from './plain.ts';
import type { GuestProfile } from './profile.ts';

/** The nearest that there is: it boots by UEFI, and has drivers for none of the virtio devices that matter. */
export const macosProfile: GuestProfile = {
  ...plainProfile,
  family: 'macos',
  firmware: 'uefi',
  diskBus: 'sata',
  nicModel: 'e1000e',
  video: 'vga',
  qemuAgent: false,
};
