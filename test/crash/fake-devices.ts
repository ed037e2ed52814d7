import { chmod, mkdir, readdir, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { geforceBars, graphicsCard } from '../fixtures/hosts/cards.ts';
import { describePci } from '../fixtures/hosts/describe-pci.ts';
import { Tree, writeTree } from '../fixtures/hosts/tree.ts';

/** The card that the host has to give away: its display, and its sound in the same group. */
export const card = { vendor: '10de', model: '2489', slot: '0000:01:00' };

export interface FakeDevices {
  /** For the daemon: where the machine is, and the kernel that does what is written there. */
  readonly environment: Readonly<Record<string, string>>;
  /** Where the drivers of the devices are to be seen. */
  readonly root: string;
}

/**
 * This machine with a graphics card: a tree that leads to the machine's own files but for its PCI devices, and in the place of
 * `tee`, by which the daemon writes to sysfs, a kernel that does with drivers what the real one does. libvirt, which looks at
 * the real machine, finds no such card: each start of a VM with it is refused after the card was taken.
 */
export async function fakeDevices(directory: string): Promise<FakeDevices> {
  const root = path.join(directory, 'machine');
  const tree = new Tree();
  const bridge = { id: '1022:1483', class: '060400', driver: 'pcieport', group: 2 };
  const places = describePci(tree, [
    { ...bridge, address: '0000:00:01.1' },
    ...graphicsCard({
      slot: card.slot,
      parent: '0000:00:01.1',
      group: 20,
      id: `${card.vendor}:${card.model}`,
      audio: '10de:228b',
      subsystem: '1458:4077',
      driver: 'nouveau',
      reset: 'bus',
      bars: geforceBars,
    }),
  ]);
  for (const place of places.values()) tree.text(`${place}/driver_override`, '(null)');
  tree.text('sys/bus/pci/drivers_probe', '');
  tree.directory('sys/bus/pci/drivers/vfio-pci');
  await mkdir(root, { recursive: true });
  await writeTree(tree, root);
  await borrow('', root);
  const programs = path.join(directory, 'programs');
  await mkdir(programs);
  await writeFile(path.join(programs, 'tee'), kernel);
  await chmod(path.join(programs, 'tee'), 0o755);
  return {
    root,
    environment: {
      PROTIUM_HOST_ROOT: root,
      PATH: `${programs}:${process.env['PATH'] ?? ''}`,
    },
  };
}

/** What the tree has not is the machine's own; of its PCI devices nothing is. */
async function borrow(below: string, root: string): Promise<void> {
  const ours = path.join(root, below);
  const known = new Set(await readdir(ours));
  for (const name of await readdir(path.join('/', below))) {
    const place = path.join(below, name);
    if (
      place === 'sys/bus/pci' ||
      place === 'sys/kernel/iommu_groups' ||
      place.startsWith('sys/devices/pci')
    ) {
      continue;
    }
    if (!known.has(name)) await symlink(path.join('/', place), path.join(ours, name));
    else await borrow(place, root);
  }
}

const kernel = `#!/bin/bash
read -r text
case $1 in
  */driver_override) echo "\${text:-(null)}" >"$1" ;;
  */driver/unbind) rm "\${1%/unbind}" ;;
  */drivers_probe)
    bus=\${1%/drivers_probe}
    device=$(realpath "$bus/devices/$text")
    ln -srn "$bus/drivers/$(cat "$device/driver_override")" "$device/driver"
    ;;
  *) exit 1 ;;
esac
`;
