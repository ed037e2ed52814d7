import path from 'node:path';
import type { MachineFiles } from '../files.ts';
import { numberIn } from '../numbers.ts';
import { isPciAddress, pciDirectory } from '../pci-address.ts';
import type { NoteUser } from './note-user.ts';

/** What can show a picture: VGA and other displays. 3D controllers (0302) have no connector. */
const displayClass = /^0x03(?:00|01|80)/;

/** Drivers under which nothing of the host draws on a card: it was set aside for VMs. */
const parked = new Set(['vfio-pci', 'pci-stub']);

/**
 * The display that the firmware set up is the console's, also where there are others: without it nobody sees how the host
 * boots, or why it does not.
 */
export function noteDisplayUsers(files: MachineFiles, note: NoteUser): void {
  const displays = files
    .list(pciDirectory)
    .filter(isPciAddress)
    .filter((address) => displayClass.test(files.text(`${pciDirectory}/${address}/class`) ?? ''))
    .filter((address) => files.link(`${pciDirectory}/${address}/physfn`) === null);
  for (const display of displays) {
    const at = `${pciDirectory}/${display}`;
    if (numberIn(files, `${at}/boot_vga`) !== 1) continue;
    const driver = files.link(`${at}/driver`);
    if (driver !== null && parked.has(path.posix.basename(driver))) continue;
    const what = displays.length === 1 ? "it is the host's only display" : 'the console is on it';
    note(display, 'boot-vga', what);
  }
}
