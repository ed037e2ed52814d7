import type { DeviceUser } from '../facts.ts';
import type { MachineFiles } from '../files.ts';
import { pciOfLink } from '../pci-address.ts';
import { controllersOfDisk, diskNames } from './disks.ts';

/** The PCI devices behind a device node, and what it means that a process has it open. */
export interface NodeOwners {
  readonly addresses: readonly string[];
  readonly kind: DeviceUser['kind'];
}

/** Nodes that belong to a class in sysfs, whose entry of the same name leads to the device. */
const classes: readonly {
  readonly pattern: RegExp;
  readonly name: string;
  readonly kind: DeviceUser['kind'];
}[] = [
  { pattern: /^\/dev\/dri\/((?:card|renderD)\d+)$/, name: 'drm', kind: 'process' },
  { pattern: /^\/dev\/snd\/((?:pcm|control|hw|midi)\w+)$/, name: 'sound', kind: 'process' },
  { pattern: /^\/dev\/(fb\d+)$/, name: 'graphics', kind: 'process' },
  { pattern: /^\/dev\/vfio\/devices\/(vfio\d+)$/, name: 'vfio-dev', kind: 'virtual-machine' },
];

/**
 * Finds the owners of device nodes on this machine; null: the node is of no card or disk. Nodes that stand for all cards
 * of a maker (/dev/nvidiactl, /dev/kfd) tell of none: who uses a card has its own node open too.
 */
export function deviceNodes(files: MachineFiles): (node: string) => NodeOwners | null {
  const nvidia = nvidiaCards(files);
  const disks = new Set(diskNames(files));
  const find = (node: string): NodeOwners | null => {
    const [, minor] = /^\/dev\/nvidia(\d+)$/.exec(node) ?? [];
    if (minor !== undefined) {
      const card = nvidia.get(minor);
      return card === undefined ? null : { addresses: [card], kind: 'process' };
    }
    const [, group] = /^\/dev\/vfio\/(?:noiommu-)?(\d+)$/.exec(node) ?? [];
    if (group !== undefined) {
      const members = files.list(`sys/kernel/iommu_groups/${group}/devices`);
      return { addresses: members, kind: 'virtual-machine' };
    }
    for (const { pattern, name, kind } of classes) {
      const entry = pattern.exec(node)?.[1];
      if (entry === undefined) continue;
      const address = pciOfLink(files.link(`sys/class/${name}/${entry}`));
      return address === null ? null : { addresses: [address], kind };
    }
    const disk = node.slice('/dev/'.length);
    return disks.has(disk) ? { addresses: controllersOfDisk(files, disk), kind: 'process' } : null;
  };
  const known = new Map<string, NodeOwners | null>();
  return (node) => {
    let owners = known.get(node);
    if (owners === undefined) {
      owners = find(node);
      known.set(node, owners);
    }
    return owners;
  };
}

/** NVIDIA's driver has no class in sysfs: it tells the minor number of each card in /proc. */
function nvidiaCards(files: MachineFiles): ReadonlyMap<string, string> {
  const cards = new Map<string, string>();
  for (const address of files.list('proc/driver/nvidia/gpus')) {
    const information = files.text(`proc/driver/nvidia/gpus/${address}/information`) ?? '';
    const [, minor] = /^Device Minor:\s*(\d+)/m.exec(information) ?? [];
    if (minor !== undefined) cards.set(minor, address.toLowerCase());
  }
  return cards;
}
