import { LibvirtError } from '../../libvirt/error.ts';

/** The result of a look-up, or null when libvirt says, by this code, that there is no such object. */
export async function orAbsent<T>(lookup: Promise<T>, code: number): Promise<T | null> {
  try {
    return await lookup;
  } catch (error) {
    if (error instanceof LibvirtError && error.code === code) return null;
    throw error;
  }
}
