import { realpath } from 'node:fs/promises';
import path from 'node:path';
import { ProtiumError } from '../../errors/protium-error.ts';

/**
 * Refuses a directory that does not lie below one of the roots, also by way of symbolic links: what is in a pool can be read,
 * written and deleted.
 *
 * @param directory absolute and normal; it need not be there
 * @throws ProtiumError `path-forbidden`
 */
export async function requireAllowedDirectory(directory: string, roots: readonly string[]): Promise<void> {
  const place = await resolved(directory);
  const places = await Promise.all(roots.map(resolved));
  if (places.some((root) => place.startsWith(`${root}/`))) return;
  throw new ProtiumError(
    'path-forbidden',
    `The directory "${directory}" is not below ${roots.join(' or ')}. PROTIUM_POOL_DIRECTORIES says where pools may be.`,
    { details: { path: directory } },
  );
}

/** Of what is there, where it really is; the rest as it is named. */
async function resolved(file: string): Promise<string> {
  const parent = path.dirname(file);
  return realpath(file).catch(async () =>
    parent === file ? file : path.join(await resolved(parent), path.basename(file)),
  );
}
