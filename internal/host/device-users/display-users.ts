import type { MachineFiles } from '../files.ts';
import { numberIn } from '../numbers.ts';
import { isPciAddress, pciDirectory } from '../pci-address.ts';
import type { NoteUser } from './note-user.ts';

/** What can show a picture: VGA and other displays. 3D controllers (0302) have no connector. */
const displayClass = /^0x03(?:00|01|80)/;

/** The display that the firmware set up is the console's, while there is no other. */
export function noteDisplayUsers(files: MachineFiles, note: NoteUser): void {
  const [only, ...others] = files
    .list(pciDirectory)
    .filter(isPciAddress)
    .filter((address) => displayClass.test(files.text(`${pciDirectory}/${address}/class`) ?? ''))
    .filter((address) => files.link(`${pciDirectory}/${address}/physfn`) === null);
  if (only === undefined || others.length > 0) return;
  if (numberIn(files, `${pciDirectory}/${only}/boot_vga`) === 1)
    note(only, 'boot-vga', "it is the host's only display");
}
