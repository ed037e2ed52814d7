import { closeSync, openSync } from 'node:fs';

/**
 * Makes an empty file of mode 0600 unless there is one. One that exists is not opened: closing it again would drop every
 * lock that this process has on it (fcntl(2)), SQLite's included.
 */
export function createPrivateFile(path: string): void {
  let file: number;
  try {
    file = openSync(path, 'wx', 0o600);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return;
    throw error;
  }
  closeSync(file);
}
