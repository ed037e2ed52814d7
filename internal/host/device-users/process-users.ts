import type { MachineFiles } from '../files.ts';
import { deviceNodes } from './device-nodes.ts';
import type { NoteUser } from './note-user.ts';

/** Processes that have a card's or a disk's device node open. Those of other users are seen by root only. */
export async function noteProcessUsers(files: MachineFiles, note: NoteUser): Promise<void> {
  const ownersOf = deviceNodes(files);
  const processes = files
    .list('proc')
    .filter((name) => /^\d+$/.test(name))
    .sort((a, b) => Number(a) - Number(b));
  for (const pid of processes) {
    const open = new Set<string>();
    for (const descriptor of files.list(`proc/${pid}/fd`)) {
      const target = files.link(`proc/${pid}/fd/${descriptor}`);
      if (target?.startsWith('/dev/') === true) open.add(target);
    }
    await files.pause();
    for (const node of [...open].sort()) {
      const owners = ownersOf(node);
      if (owners === null || owners.addresses.length === 0) continue;
      const name = files.text(`proc/${pid}/comm`)?.trim() ?? 'a process';
      for (const address of owners.addresses)
        note(address, owners.kind, `${name} (pid ${pid}) has ${node} open`);
    }
  }
}
