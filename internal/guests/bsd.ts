import { plainProfile } from './plain.ts';
import type { GuestProfile } from './profile.ts';

const homes: Readonly<Record<string, string>> = {
  openbsd: 'http://openbsd.org/openbsd',
  freebsd: 'http://freebsd.org/freebsd',
  netbsd: 'http://netbsd.org/netbsd',
};

/** The profile of a BSD: virtio disks and network cards since long, but no virtio display. */
export function bsdProfile(flavour: string | null, version: string | null): GuestProfile {
  const written = (flavour ?? '').toLowerCase();
  const name = Object.keys(homes).find((known) => written.startsWith(known));
  const release = /\d{1,2}\.\d{1,2}/.exec(version ?? written)?.[0];
  return {
    ...plainProfile,
    family: 'bsd',
    video: 'vga',
    setup: 'cloud-init',
    libosinfoId: name === undefined || release === undefined ? null : `${homes[name] ?? ''}/${release}`,
  };
}
