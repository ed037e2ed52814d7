import { stringify } from 'yaml';
import type { Capability } from './capability.ts';
import type { KeptPath } from './formats/backup-list.ts';
import { keepCommands, keepFiles } from './guest-keep.ts';

/** The guest of a booking: where AIVC runs a container, an Elemento config of a VM that is like it. */
export interface BookingGuest extends Capability {
  readonly user: string;
  readonly image: string;
  /** SHA-512 crypt: root's password in the guest. */
  readonly guestHash: string;
  /** Passed to a shell of the guest once it is up; null: none. */
  readonly extraCommand: string | null;
  /** Ids of volumes of the user's own, which stay from booking to booking. Mounted at /root/Work; null: there is none. */
  readonly workVolume: string | null;
  /** Mounted at /root/Backup; null: there is none, and nothing of the system is kept. */
  readonly backupVolume: string | null;
  /** What the user's list of what is kept begins with; null: what AIVC usually keeps. */
  readonly kept: readonly KeptPath[] | null;
  /** `POOL/NAME` of the volume that is to be read at /root/Dataset; null: there is none. */
  readonly dataset: string | null;
  /** Vendor and model of the GPUs, where some are wanted. */
  readonly gpu: { readonly vendor: string; readonly model: string } | null;
}

const rootDiskGb = 20;

/** A disk beside that of the system: the first is vdb. */
interface DataDisk {
  readonly volume: object;
  readonly mountPoint: string;
  /** By which the guest knows it, whatever disk it is; null: nothing is written to it. */
  readonly label: string | null;
}

/** AIVC's `--cpus` counts threads: so slots are threads, and a part of one is a whole one. Pure. */
export function bookingConfig(guest: BookingGuest): object {
  const { cpus, memoryGb, gpus, image, gpu } = guest;
  const disks = dataDisks(guest);
  return {
    slots: Math.ceil(cpus),
    allowSMT: true,
    overprovision: 1,
    ramsize: memoryGb * 1024,
    os_family: 'linux',
    pci: gpu === null || gpus === 0 ? [] : [{ ...gpu, quantity: gpus }],
    volumes: [{ image, size_gb: rootDiskGb, bootable: true }, ...disks.map(({ volume }) => volume)],
    cloudinit: userData(guest, disks),
  };
}

function dataDisks({ workVolume, backupVolume, dataset }: BookingGuest): readonly DataDisk[] {
  const own = (vid: string | null, label: string, mountPoint: string): readonly DataDisk[] =>
    vid === null ? [] : [{ volume: { vid }, mountPoint, label }];
  return [
    ...own(workVolume, 'work', '/root/Work'),
    ...own(backupVolume, 'backup', '/root/Backup'),
    ...(dataset === null
      ? []
      : [{ volume: { name: dataset, readonly: true }, mountPoint: '/root/Dataset', label: null }]),
  ];
}

function userData(
  { guestHash, extraCommand, backupVolume, kept }: BookingGuest,
  disks: readonly DataDisk[],
): string {
  const allowRoot = 'PermitRootLogin yes\nPasswordAuthentication yes\n';
  const named = disks.map((disk, place) => ({ ...disk, device: `/dev/vd${'bcd'.charAt(place)}` }));
  const fileSystems = named.flatMap(({ device, label }) =>
    label === null ? [] : [{ label, filesystem: 'ext4', device, overwrite: false }],
  );
  const keeps = backupVolume !== null;
  const data = {
    disable_root: false,
    ssh_pwauth: true,
    chpasswd: { expire: false, users: [{ name: 'root', password: guestHash, type: 'hash' }] },
    write_files: [
      { path: '/etc/ssh/sshd_config.d/10-booking.conf', content: allowRoot },
      ...(keeps ? keepFiles(kept) : []),
    ],
    ...(fileSystems.length > 0 && { fs_setup: fileSystems }),
    ...(named.length > 0 && {
      mounts: named.map(({ device, label, mountPoint }) =>
        label === null
          ? [device, mountPoint, 'auto', 'ro,nofail']
          : [`LABEL=${label}`, mountPoint, 'auto', 'defaults,nofail'],
      ),
    }),
    runcmd: [
      ...(keeps ? keepCommands : []),
      ['sh', '-c', 'systemctl restart ssh || systemctl restart sshd || rc-service sshd restart'],
      ...(extraCommand === null ? [] : [['sh', '-c', extraCommand]]),
    ],
  };
  return `#cloud-config\n${stringify(data)}`;
}
