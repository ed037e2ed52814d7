import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { runTool, ToolMissing } from './run-tool.ts';

/** Either makes the same; which of them there is depends on the distribution. */
const programs = ['xorrisofs', 'genisoimage'] as const;
/** By which cloud-init finds its data source NoCloud. */
const label = 'cidata';

/** Packs files of the directory, with their names, into an ISO 9660 image there. */
export async function makeIsoImage(
  directory: string,
  image: string,
  names: readonly string[],
): Promise<string> {
  const file = path.join(directory, image);
  // Before the program does, which asks the umask.
  await writeFile(file, '', { mode: 0o600, flag: 'wx' });
  const args = ['-quiet', '-volid', label, '-joliet', '-rational-rock', '-output', image, ...names];
  const [first, second] = programs;
  const use = 'make the medium that sets up the guest';
  try {
    await runTool([first, ...args], use, { directory });
  } catch (error) {
    if (!(error instanceof ToolMissing)) throw error;
    await runTool([second, ...args], use, { directory });
  }
  return file;
}
