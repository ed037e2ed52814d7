import type { Spec } from '../spec/spec.ts';
import { bsdProfile } from './bsd.ts';
import { linuxProfile } from './linux.ts';
import { macosProfile } from './macos.ts';
import type { GuestProfile } from './profile.ts';
import { windowsProfile } from './windows.ts';

/** What suits the guest's system. A flavour or version that is not known here gets what suits its whole family. */
export function guestProfile({ os }: Pick<Spec, 'os'>): GuestProfile {
  switch (os.family) {
    case 'windows':
      return windowsProfile(os.flavour, os.version);
    case 'linux':
      return linuxProfile(os.flavour, os.version);
    case 'bsd':
      return bsdProfile(os.flavour, os.version);
    case 'macos':
      return macosProfile;
  }
}
