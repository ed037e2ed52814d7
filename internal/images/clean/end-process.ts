import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';

const everyMs = 100;
const patienceMs = 5000;

/**
 * Ends the leader of a process group by ending what it has started: a program of libguestfs that loses its virtual machine
 * fails, and removes its files. If that does not help, the group is killed.
 */
export async function endByItsChildren(leader: number): Promise<void> {
  for (let waited = 0; waited < patienceMs; waited += everyMs) {
    const children = await childrenOf(leader);
    if (children === null) break;
    for (const child of children) signal(child, 'SIGTERM');
    await delay(everyMs);
  }
  killGroup(leader);
}

/** Ends whatever is left of the group. */
export function killGroup(leader: number): void {
  signal(-leader, 'SIGKILL');
}

/** null: there is no such process. */
async function childrenOf(pid: number): Promise<readonly number[] | null> {
  try {
    const text = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8');
    return text.split(' ').filter(Boolean).map(Number);
  } catch {
    return null;
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
