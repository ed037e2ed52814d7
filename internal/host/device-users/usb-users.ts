import type { MachineFiles } from '../files.ts';
import { pciOfLink } from '../pci-address.ts';
import type { NoteUser } from './note-user.ts';

const directory = 'sys/bus/usb/devices';

/** Devices that are plugged in; a controller's own root hubs do not count. */
export function noteUsbUsers(files: MachineFiles, note: NoteUser): void {
  for (const name of files.list(directory)) {
    // `1-2` is a device, `1-2:1.0` one of its interfaces, `usb1` a root hub.
    if (!/^\d+-\d+(?:\.\d+)*$/.test(name)) continue;
    const product = files.text(`${directory}/${name}/product`)?.trim() ?? '';
    note(
      pciOfLink(files.link(`${directory}/${name}`)),
      'usb',
      `${product === '' ? 'a device' : product} is plugged in (usb ${name})`,
    );
  }
}
