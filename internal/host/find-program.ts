import { access, constants } from 'node:fs/promises';
import path from 'node:path';

/** Whether the daemon finds a program by its name, as it does when it starts it. */
export async function hasProgram(name: string, searched = process.env['PATH'] ?? ''): Promise<boolean> {
  for (const directory of searched.split(path.delimiter).filter(Boolean)) {
    try {
      await access(path.join(directory, name), constants.X_OK);
      return true;
    } catch {
      // In the next one.
    }
  }
  return false;
}
