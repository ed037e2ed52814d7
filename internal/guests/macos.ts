import type { GuestProfile } from './profile.ts';

/** The nearest that there is: it boots by UEFI, and has drivers for none of the virtio devices that matter. */
export const macosProfile: GuestProfile = {
  family: 'macos',
  firmware: 'uefi',
  secureBoot: false,
  tpm: false,
  required: { secureBoot: false, tpm: false },
  minMemoryMib: 0,
  minVcpus: 0,
  hyperv: false,
  clock: 'utc',
  diskBus: 'sata',
  nicModel: 'e1000e',
  video: 'vga',
  qemuAgent: false,
  libosinfoId: null,
  virtioWin: false,
};
