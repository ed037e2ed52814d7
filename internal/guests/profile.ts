/** What suits a guest's system, before the spec's own words and the host's abilities are heard. Engine-neutral data. */
export interface GuestProfile {
  readonly family: 'linux' | 'windows' | 'bsd' | 'macos';
  readonly firmware: 'bios' | 'uefi';
  readonly secureBoot: boolean;
  readonly tpm: boolean;
  /** Which of these two its setup insists on: the others may be left out where the host has them not. */
  readonly required: { readonly secureBoot: boolean; readonly tpm: boolean };
  /** The least that its maker names; 0: none. */
  readonly minMemoryMib: number;
  readonly minVcpus: number;
  /** Of the disk that it boots from. */
  readonly minDiskBytes: number;
  /** Hyper-V enlightenments and a clock in local time. */
  readonly hyperv: boolean;
  readonly clock: 'utc' | 'localtime';
  readonly diskBus: 'virtio' | 'sata';
  readonly nicModel: 'virtio' | 'e1000e';
  readonly video: 'virtio' | 'vga' | 'bochs';
  /** A channel for qemu-guest-agent, when the spec does not say. */
  readonly qemuAgent: boolean;
  /** e.g. `http://microsoft.com/win/11`; null: unknown to libosinfo. */
  readonly libosinfoId: string | null;
  /** What reads a seed at its first boot; null: nothing that is known here. */
  readonly setup: 'cloud-init' | null;
  /** Whom its images let in where no user was named; null for the shell: the system's own choice. */
  readonly login: { readonly user: string; readonly shell: string | null };
  /** What its package of qemu-guest-agent is called; null: it has none, or none that is known here. */
  readonly agentPackage: string | null;
  /** Wants the virtio-win medium at hand. */
  readonly virtioWin: boolean;
}
