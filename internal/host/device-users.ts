import path from 'node:path';
import type { DeviceUser } from './facts.ts';
import { numberIn, type MachineFiles } from './files.ts';
import { pciDirectory } from './pci-devices.ts';

type Users = Map<string, DeviceUser[]>;

/** Who on the host uses PCI devices now, by address. Nothing is said of a device that nobody uses. */
export async function readDeviceUsers(
  files: MachineFiles,
): Promise<ReadonlyMap<string, readonly DeviceUser[]>> {
  const users: Users = new Map();
  const add = (address: string | null, kind: DeviceUser['kind'], description: string): void => {
    if (address === null) return;
    const known = users.get(address) ?? [];
    if (!known.some((user) => user.description === description))
      users.set(address, [...known, { kind, description }]);
  };
  await Promise.all([
    addBlockUsers(files, add),
    addNetworkUsers(files, add),
    addProcessUsers(files, add),
    addDisplayUsers(files, add),
    addUsbUsers(files, add),
  ]);
  // They are found in the order in which files happen to be read.
  for (const found of users.values()) found.sort((a, b) => (a.description < b.description ? -1 : 1));
  return users;
}

type Add = (address: string | null, kind: DeviceUser['kind'], description: string) => void;

/** The last PCI address in a link of sysfs: the device that the thing belongs to. */
function pciOf(link: string | null): string | null {
  return link?.match(/[0-9a-f]{4,8}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]/g)?.at(-1) ?? null;
}

/** File systems, swap, and what is stacked on a disk (LVM, RAID, dm-crypt). */
async function addBlockUsers(files: MachineFiles, add: Add): Promise<void> {
  const mounts = new Map<string, string>();
  for (const line of ((await files.text('proc/self/mountinfo')) ?? '').split('\n')) {
    const [, , device, , point] = line.split(' ');
    if (device !== undefined && point !== undefined && !mounts.has(device))
      mounts.set(device, unescaped(point));
  }
  const swaps = ((await files.text('proc/swaps')) ?? '')
    .split('\n')
    .slice(1)
    .map((line) => path.basename(line.split(/\s+/)[0] ?? ''));
  for (const name of await files.list('sys/class/block')) {
    const address = pciOf(await files.link(`sys/class/block/${name}`));
    if (address === null) continue;
    const mounted = mounts.get((await files.text(`sys/class/block/${name}/dev`))?.trim() ?? '');
    if (mounted !== undefined) add(address, 'mount', `${mounted} is mounted from ${name}`);
    if (swaps.includes(name)) add(address, 'swap', `swap is on ${name}`);
    const holders = await files.list(`sys/class/block/${name}/holders`);
    if (holders.length > 0) add(address, 'holder', `${name} is part of ${holders.join(', ')}`);
  }
}

/** The kernel writes spaces and the like in octal. */
function unescaped(point: string): string {
  return point.replaceAll(/\\(\d{3})/g, (_match, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 8)),
  );
}

/** Interfaces that carry the default route, are up, or belong to a bridge or bond. */
async function addNetworkUsers(files: MachineFiles, add: Add): Promise<void> {
  const routes = ((await files.text('proc/net/route')) ?? '').split('\n').slice(1);
  const carriers = new Set(
    routes.flatMap((line) => (line.split(/\s+/)[1] === '00000000' ? (line.split(/\s+/)[0] ?? []) : [])),
  );
  const routed = new Set(routes.flatMap((line) => line.split(/\s+/)[0] ?? []));
  const withAddress6 = new Set(
    ((await files.text('proc/net/if_inet6')) ?? '').split('\n').flatMap((line) => {
      const [address, , , scope, , name] = line.trim().split(/\s+/);
      // A link-local address is given to every interface that is up.
      return address === undefined || scope === '20' || name === undefined ? [] : [name];
    }),
  );
  for (const name of await files.list('sys/class/net')) {
    const address = pciOf(await files.link(`sys/class/net/${name}`));
    if (address === null) continue;
    const master = await files.link(`sys/class/net/${name}/master`);
    const upper = master === null ? null : path.basename(master);
    if (carriers.has(name) || (upper !== null && carriers.has(upper)))
      add(address, 'route', `the default route goes over ${name}`);
    else if (upper !== null) add(address, 'network', `${name} is part of ${upper}`);
    else if (routed.has(name) || withAddress6.has(name)) add(address, 'network', `${name} has an address`);
  }
}

/** The display that the firmware set up is the console's, while there is no other. */
async function addDisplayUsers(files: MachineFiles, add: Add): Promise<void> {
  const displays: string[] = [];
  for (const address of await files.list(pciDirectory)) {
    if ((await files.text(`${pciDirectory}/${address}/class`))?.startsWith('0x03') === true)
      displays.push(address);
  }
  const [only] = displays;
  if (displays.length !== 1 || only === undefined) return;
  if ((await numberIn(files, `${pciDirectory}/${only}/boot_vga`)) === 1) {
    add(only, 'boot-vga', "it is the host's only display");
  }
}

/** Devices that are plugged in; a controller's own root hubs do not count. */
async function addUsbUsers(files: MachineFiles, add: Add): Promise<void> {
  for (const name of await files.list('sys/bus/usb/devices')) {
    // `1-2` is a device, `1-2:1.0` one of its interfaces, `usb1` a root hub.
    if (!/^\d+-[\d.]+$/.test(name)) continue;
    const product = (await files.text(`sys/bus/usb/devices/${name}/product`))?.trim() ?? 'a device';
    add(
      pciOf(await files.link(`sys/bus/usb/devices/${name}`)),
      'usb',
      `${product} is plugged in (usb ${name})`,
    );
  }
}

/** Device nodes whose being open means use of a card, with the class in sysfs that tells whose they are. */
const nodes: readonly { readonly pattern: RegExp; readonly classes: readonly string[] }[] = [
  { pattern: /^\/dev\/dri\/((?:card|renderD)\d+)$/, classes: ['drm'] },
  { pattern: /^\/dev\/snd\/((?:pcm|control|hw)\w+)$/, classes: ['sound'] },
  { pattern: /^\/dev\/(fb\d+)$/, classes: ['graphics'] },
];

/** Processes that have a card's device node open. Those of others are seen by root only. */
async function addProcessUsers(files: MachineFiles, add: Add): Promise<void> {
  const nvidia = await nvidiaCards(files);
  const processes = (await files.list('proc')).filter((name) => /^\d+$/.test(name));
  for (const pid of processes) {
    const open = new Set<string>();
    for (const descriptor of await files.list(`proc/${pid}/fd`)) {
      const link = await files.link(`proc/${pid}/fd/${descriptor}`);
      if (link?.startsWith('/dev/') === true) open.add(link);
    }
    if (open.size === 0) continue;
    for (const node of open) {
      const owners = await ownersOf(files, node, nvidia);
      if (owners.length === 0) continue;
      const name = (await files.text(`proc/${pid}/comm`)) ?? 'a process';
      for (const { address, kind } of owners) add(address, kind, `${name} (pid ${pid}) has ${node} open`);
    }
  }
}

interface Owner {
  readonly address: string;
  readonly kind: DeviceUser['kind'];
}

async function ownersOf(
  files: MachineFiles,
  node: string,
  nvidia: ReadonlyMap<string, string>,
): Promise<readonly Owner[]> {
  const minor = /^\/dev\/nvidia(\d+)$/.exec(node)?.[1];
  const card = minor === undefined ? undefined : nvidia.get(minor);
  if (card !== undefined) return [{ address: card, kind: 'process' }];
  const group = /^\/dev\/vfio\/(\d+)$/.exec(node)?.[1];
  if (group !== undefined) {
    const members = await files.list(`sys/kernel/iommu_groups/${group}/devices`);
    return members.map((address) => ({ address, kind: 'virtual-machine' }));
  }
  for (const { pattern, classes } of nodes) {
    const name = pattern.exec(node)?.[1];
    if (name === undefined) continue;
    for (const kind of classes) {
      const address = pciOf(await files.link(`sys/class/${kind}/${name}`));
      if (address !== null) return [{ address, kind: 'process' }];
    }
  }
  return [];
}

/** NVIDIA's driver has no class in sysfs: it tells the minor number of each card in /proc. */
async function nvidiaCards(files: MachineFiles): Promise<ReadonlyMap<string, string>> {
  const cards = new Map<string, string>();
  for (const address of await files.list('proc/driver/nvidia/gpus')) {
    const information = (await files.text(`proc/driver/nvidia/gpus/${address}/information`)) ?? '';
    const [, minor] = /^Device Minor:\s*(\d+)/m.exec(information) ?? [];
    if (minor !== undefined) cards.set(minor, address);
  }
  return cards;
}
