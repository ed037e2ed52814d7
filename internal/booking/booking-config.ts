import { stringify } from 'yaml';
import type { Capability } from './capability.ts';

/** The guest of a booking: where AIVC runs a container, an Elemento config of a VM that is like it. */
export interface BookingGuest extends Capability {
  readonly user: string;
  readonly image: string;
  /** SHA-512 crypt: root's password in the guest. */
  readonly guestHash: string;
  /** Passed to a shell of the guest once it is up; null: none. */
  readonly extraCommand: string | null;
  /** uuid of the user's own volume, which stays from booking to booking; null: there is none. */
  readonly workVolume: { readonly id: string; readonly sizeGb: number } | null;
  /** Vendor and model of the GPUs, where some are wanted. */
  readonly gpu: { readonly vendor: string; readonly model: string } | null;
}

const rootDiskGb = 20;
/** What the guest knows the work volume by, whatever disk it is. */
const workLabel = 'work';

/** AIVC's `--cpus` counts threads: so slots are threads, and a part of one is a whole one. Pure. */
export function bookingConfig(guest: BookingGuest): object {
  const { cpus, memoryGb, gpus, image, workVolume, gpu } = guest;
  return {
    slots: Math.ceil(cpus),
    allowSMT: true,
    overprovision: 1,
    ramsize: memoryGb * 1024,
    os_family: 'linux',
    pci: gpu === null || gpus === 0 ? [] : [{ ...gpu, quantity: gpus }],
    volumes: [
      { image, size_gb: rootDiskGb, bootable: true },
      ...(workVolume === null ? [] : [{ vid: workVolume.id, size_gb: workVolume.sizeGb }]),
    ],
    cloudinit: userData(guest),
  };
}

function userData({ guestHash, extraCommand, workVolume }: BookingGuest): string {
  const allowRoot = 'PermitRootLogin yes\nPasswordAuthentication yes\n';
  const data = {
    disable_root: false,
    ssh_pwauth: true,
    chpasswd: { expire: false, users: [{ name: 'root', password: guestHash, type: 'hash' }] },
    write_files: [{ path: '/etc/ssh/sshd_config.d/10-booking.conf', content: allowRoot }],
    ...(workVolume === null
      ? {}
      : {
          fs_setup: [{ label: workLabel, filesystem: 'ext4', device: '/dev/vdb', overwrite: false }],
          mounts: [[`LABEL=${workLabel}`, '/root/Work', 'auto', 'defaults,nofail']],
        }),
    runcmd: [
      ['sh', '-c', 'systemctl restart ssh || systemctl restart sshd || rc-service sshd restart'],
      ...(extraCommand === null ? [] : [['sh', '-c', extraCommand]]),
    ],
  };
  return `#cloud-config\n${stringify(data)}`;
}
