import type { GuestProfile } from './profile.ts';

/** What suits a system that asks for nothing of its own: boots by BIOS, knows virtio. */
export const plainProfile: Omit<GuestProfile, 'family'> = {
  // Elemento's default; disk images that were made for it have a boot sector.
  firmware: 'bios',
  secureBoot: false,
  tpm: false,
  required: { secureBoot: false, tpm: false },
  minMemoryMib: 0,
  minVcpus: 0,
  minDiskBytes: 0,
  hyperv: false,
  clock: 'utc',
  diskBus: 'virtio',
  nicModel: 'virtio',
  video: 'virtio',
  qemuAgent: true,
  libosinfoId: null,
  setup: null,
  login: { user: 'root', shell: null },
  agentPackage: null,
  virtioWin: false,
};
