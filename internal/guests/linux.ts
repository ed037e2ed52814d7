import { plainProfile } from './plain.ts';
import type { GuestProfile } from './profile.ts';

/** What libosinfo says of a Linux that it does not know by name. */
const genericLinux = 'http://libosinfo.org/linux/2022';

/** Where libosinfo keeps a distribution, and what stands after it when the version is not said. */
interface Distribution {
  readonly id: string;
  /** null: libosinfo has no entry for all versions, so the generic one. */
  readonly unversioned: string | null;
  /** How much of a version its entries carry: `9`, `9.4`, or none. */
  readonly version: 'major' | 'major.minor' | 'none';
  /** The user of its cloud images; null: root. */
  readonly user: string | null;
}

const distributions: Readonly<Record<string, Distribution>> = {
  ubuntu: { id: 'http://ubuntu.com/ubuntu', unversioned: null, version: 'major.minor', user: 'ubuntu' },
  debian: { id: 'http://debian.org/debian', unversioned: null, version: 'major', user: 'debian' },
  fedora: { id: 'http://fedoraproject.org/fedora', unversioned: 'unknown', version: 'major', user: 'fedora' },
  opensuse: {
    id: 'http://opensuse.org/opensuse',
    unversioned: 'unknown',
    version: 'major.minor',
    user: 'opensuse',
  },
  gentoo: { id: 'http://gentoo.org/gentoo', unversioned: 'rolling', version: 'none', user: null },
  pop: { id: 'http://system76.com/popos', unversioned: null, version: 'major.minor', user: null },
  almalinux: { id: 'http://almalinux.org/almalinux', unversioned: null, version: 'major', user: 'almalinux' },
  arch: { id: 'http://archlinux.org/archlinux', unversioned: 'rolling', version: 'none', user: 'arch' },
  rocky: { id: 'http://rockylinux.org/rocky', unversioned: 'unknown', version: 'major', user: 'rocky' },
  alpine: {
    id: 'http://alpinelinux.org/alpinelinux',
    unversioned: null,
    version: 'major.minor',
    user: 'alpine',
  },
  centos: { id: 'http://centos.org/centos', unversioned: null, version: 'major', user: 'cloud-user' },
};

const linux: GuestProfile = {
  ...plainProfile,
  family: 'linux',
  libosinfoId: genericLinux,
  setup: 'cloud-init',
  agentPackage: 'qemu-guest-agent',
};

/** Those that have no bash by themselves. */
const withoutBash = ['alpine'];
/** Those that call the package otherwise, and build it at length. */
const withoutAgentPackage = ['gentoo'];

/** TempleOS, which Elemento files under linux: knows neither virtio nor a network. Wants 512 MiB. */
const temple: GuestProfile = {
  ...linux,
  minMemoryMib: 512,
  diskBus: 'sata',
  nicModel: 'e1000e',
  video: 'vga',
  qemuAgent: false,
  setup: null,
  agentPackage: null,
  libosinfoId: null,
};

/** The profile of a Linux; distributions differ in libosinfo's id and in whom they let in. */
export function linuxProfile(flavour: string | null, version: string | null): GuestProfile {
  const written = (flavour ?? '').toLowerCase();
  if (written.startsWith('temple')) return temple;
  const name = Object.keys(distributions).find((known) => written.startsWith(known));
  const distribution = name === undefined ? undefined : distributions[name];
  if (name === undefined || distribution === undefined) return linux;
  const release = releaseOf(distribution, version ?? written);
  return {
    ...linux,
    libosinfoId: release === null ? genericLinux : `${distribution.id}/${release}`,
    login: { user: distribution.user ?? 'root', shell: withoutBash.includes(name) ? null : '/bin/bash' },
    agentPackage: withoutAgentPackage.includes(name) ? null : linux.agentPackage,
  };
}

function releaseOf(distribution: Distribution, written: string): string | null {
  const [, major, minor] = /(\d{1,4})(?:\.(\d{1,4}))?/.exec(written) ?? [];
  if (distribution.version === 'none' || major === undefined) return distribution.unversioned;
  if (distribution.version === 'major') return major;
  return minor === undefined ? distribution.unversioned : `${major}.${minor}`;
}
