import { closeSync, fsyncSync, openSync, rmSync, statSync, writeSync } from 'node:fs';

/** A file that only takes up room: deleting it lets the database write its last words on a full disk. */
export interface Reserve {
  /** Deletes the file. True if there was one, and the file system let go of it. */
  spend(): boolean;
  /** Makes the file again; does nothing while there is no room for it. */
  restore(): void;
}

export function createReserve(path: string, bytes: number): Reserve {
  let held = false;

  function restore(): void {
    if (held) return;
    try {
      if (statSync(path, { throwIfNoEntry: false })?.size === bytes) {
        held = true;
        return;
      }
      const file = openSync(path, 'w', 0o600);
      try {
        // Written out, since a file that is only made long takes up nothing.
        writeSync(file, Buffer.alloc(bytes, 'reserve '));
        fsyncSync(file);
      } finally {
        closeSync(file);
      }
      held = statSync(path).size === bytes;
    } catch {
      remove();
    }
  }

  /** False where it cannot be: on a file system that has become read-only nothing would be won by it either. */
  function remove(): boolean {
    try {
      rmSync(path, { force: true });
      return true;
    } catch {
      return false;
    }
  }

  restore();
  return {
    restore,
    spend() {
      if (!held || !remove()) return false;
      held = false;
      return true;
    },
  };
}
