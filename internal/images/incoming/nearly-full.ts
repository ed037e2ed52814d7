import { statfs } from 'node:fs/promises';
import path from 'node:path';

const littleBytes = 16 * 2 ** 20;

/** There is next to no space left where the file is: why a program failed that does not say so by its exit status. */
export async function isNearlyFull(file: string): Promise<boolean> {
  const { bavail, bsize } = await statfs(path.dirname(file));
  return bavail * bsize < littleBytes;
}
