import type { DeviceUser } from '../facts.ts';
import type { MachineFiles } from '../files.ts';
import { noteDiskUsers } from './disk-users.ts';
import { noteDisplayUsers } from './display-users.ts';
import { noteNetworkUsers } from './network-users.ts';
import type { NoteUser } from './note-user.ts';
import { noteProcessUsers } from './process-users.ts';
import { noteUsbUsers } from './usb-users.ts';

/** Who on the host uses PCI devices now, by address. Nothing is said of a device that nobody uses. */
export async function readDeviceUsers(
  files: MachineFiles,
): Promise<ReadonlyMap<string, readonly DeviceUser[]>> {
  const users = new Map<string, DeviceUser[]>();
  const note: NoteUser = (address, kind, description) => {
    if (address === null) return;
    const known = users.get(address) ?? [];
    users.set(address, known);
    if (!known.some((user) => user.description === description)) known.push({ kind, description });
  };
  noteDiskUsers(files, note);
  noteNetworkUsers(files, note);
  noteDisplayUsers(files, note);
  noteUsbUsers(files, note);
  await noteProcessUsers(files, note);
  return users;
}
