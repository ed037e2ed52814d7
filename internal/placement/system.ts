import { guestProfile } from '../guests/guest-profile.ts';
import type { OsSpec, Spec } from '../spec/spec.ts';
import { findImage } from './find-image.ts';
import type { GuestSystem, ImageOffer } from './plan.ts';

const families: readonly string[] = ['linux', 'windows', 'bsd', 'macos'] satisfies OsSpec['family'][];

/**
 * What the guest runs: the config's word; where it says nothing, what is known of the first image that it is made from. An image
 * of another family than the config says tells nothing.
 */
export function guestSystem(
  { os, assumed, guest, volumes }: Pick<Spec, 'os' | 'assumed' | 'guest' | 'volumes'>,
  images: readonly ImageOffer[],
): GuestSystem {
  const named = volumes.find(({ image }) => image !== null)?.image ?? null;
  const image = named === null ? null : findImage(images, named);
  const isAssumed = (field: string): boolean => assumed.includes(`misc.${field}`);
  const known = familyOf(image);
  const family = isAssumed('os_family') && known !== null ? known : os.family;
  // A flavour of one's own says all: no version of another one goes with it.
  const told = image !== null && isAssumed('os_flavour') && (known === null || known === family);
  const system: OsSpec = {
    family,
    flavour: told ? image.os.flavour : os.flavour,
    version: told && isAssumed('os_version') ? image.os.version : os.version,
  };
  const { login, setup } = guestProfile({ os: system });
  const ofSystem = guest !== null && setup !== null ? login.user : null;
  return { ...system, loginUser: guest?.username ?? image?.loginUser ?? ofSystem };
}

function familyOf(image: ImageOffer | null): OsSpec['family'] | null {
  const family = image?.os.family ?? null;
  return family !== null && families.includes(family) ? (family as OsSpec['family']) : null;
}
