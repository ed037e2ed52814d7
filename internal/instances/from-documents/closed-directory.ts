import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { LibvirtClient } from '../../libvirt/client.ts';
import { readCapabilities } from '../../xml/capabilities.ts';
import { readDomain } from '../../xml/domain/read.ts';

/**
 * The first directory above the domain's disk files that the user QEMU runs as may not enter, by its mode; null: there
 * is none, or it cannot be told. A frequent reason for a start that fails: a checkout below a home directory.
 */
export async function findClosedDirectory(
  client: LibvirtClient,
  domainXml: string,
): Promise<{ directory: string; user: string } | null> {
  const capabilities = readCapabilities(await client.host.capabilities());
  const label = capabilities.host.dacLabels['qemu'];
  const [, uid, gid] = /^\+(\d+):\+(\d+)$/.exec(label ?? '') ?? [];
  if (uid === undefined || gid === undefined || uid === '0') return null;
  for (const { source } of readDomain(domainXml).disks) {
    if (source?.type !== 'file') continue;
    for (const directory of directoriesAbove(source.path)) {
      if (!(await mayEnter(directory, Number(uid), Number(gid)))) return { directory, user: uid };
    }
  }
  return null;
}

/** From the root down. */
function directoriesAbove(file: string): readonly string[] {
  const directory = path.dirname(file);
  return directory === file ? [directory] : [...directoriesAbove(directory), directory];
}

async function mayEnter(directory: string, uid: number, gid: number): Promise<boolean> {
  try {
    const facts = await stat(directory);
    const bit = facts.uid === uid ? 0o100 : facts.gid === gid ? 0o010 : 0o001;
    return (facts.mode & bit) !== 0;
  } catch {
    return true; // Not for us to see: then it is not known to be closed.
  }
}
