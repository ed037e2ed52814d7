import { open } from 'node:fs/promises';
import path from 'node:path';
import { readQcow2Header } from './inspect/qcow2-header.ts';

/** Longer than any that QEMU is used with; also ends one that goes round in a circle. */
const longestChain = 64;
/** QEMU's own limit. */
const longestName = 1023;

/** The files below a qcow2 file, as far as this process may read them. Only headers are looked at. */
export async function filesBelow(file: string): Promise<readonly string[]> {
  const below: string[] = [];
  for (let current = file; below.length < longestChain;) {
    const next = await backingFileOf(current).catch(() => null);
    if (next === null) break;
    below.push(next);
    current = next;
  }
  return below;
}

async function backingFileOf(file: string): Promise<string | null> {
  const handle = await open(file, 'r');
  try {
    if (!(await handle.stat()).isFile()) return null;
    const head = await handle.read(Buffer.alloc(104), 0, 104, 0);
    const header = readQcow2Header(head.buffer.subarray(0, head.bytesRead));
    if (header?.hasBackingFile !== true || header.backingFile.length > longestName) return null;
    const { offset, length } = header.backingFile;
    const name = await handle.read(Buffer.alloc(length), 0, length, Number(offset));
    return path.resolve(path.dirname(file), name.buffer.toString('utf8', 0, name.bytesRead));
  } finally {
    await handle.close();
  }
}
