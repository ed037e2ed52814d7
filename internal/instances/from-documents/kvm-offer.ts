import { fromLibvirt } from '../../errors/from-libvirt.ts';
import type { LibvirtClient } from '../../libvirt/client.ts';
import { readCapabilities } from '../../xml/capabilities.ts';

/** Tells, from libvirt's capabilities, for which architectures KVM can be used on this host. */
export interface KvmOffer {
  /** The answer, as a function of the architecture (null: the host's own); reads libvirt only when nothing is known. */
  offered(): Promise<(arch: string | null) => boolean>;
  /** To be called when libvirt was connected anew: another daemon may offer other things. */
  forget(): void;
}

export function createKvmOffer(client: LibvirtClient): KvmOffer {
  let known: Promise<(arch: string | null) => boolean> | null = null;
  const read = async () => {
    try {
      const capabilities = readCapabilities(await client.host.capabilities());
      return (arch: string | null) => {
        const wanted = arch ?? capabilities.host.arch;
        return capabilities.guests.some(
          (guest) => guest.arch === wanted && guest.domainTypes.includes('kvm'),
        );
      };
    } catch (error) {
      known = null;
      throw fromLibvirt(error, 'read what the host can do');
    }
  };
  return {
    offered: () => (known ??= read()),
    forget: () => {
      known = null;
    },
  };
}
