import type { GuestProfile } from './profile.ts';

/** What the Windows releases differ in. Minimums are those of Microsoft's system requirements, for 64 bits. */
type Release = Pick<
  GuestProfile,
  | 'firmware'
  | 'secureBoot'
  | 'tpm'
  | 'required'
  | 'minMemoryMib'
  | 'minVcpus'
  | 'minDiskBytes'
  | 'virtioWin'
  | 'libosinfoId'
>;

const nothingRequired = { secureBoot: false, tpm: false };

/** From Windows 8 and Server 2012 on: boots by UEFI, does not insist on secure boot. */
function modern(minMemoryMib: number, libosinfoId: string): Release {
  return {
    firmware: 'uefi',
    secureBoot: false,
    tpm: false,
    required: nothingRequired,
    minMemoryMib,
    minVcpus: 1,
    minDiskBytes: 0,
    virtioWin: true,
    libosinfoId,
  };
}

/** Up to Windows 7 and Server 2008 R2: boots by BIOS. XP and Server 2003 have no AHCI driver of their own. */
function old(minMemoryMib: number, libosinfoId: string, virtioWin: boolean): Release {
  return { ...modern(minMemoryMib, libosinfoId), firmware: 'bios', virtioWin };
}

/** Their setup wants secure boot; Windows 11 a TPM 2.0 too, Server 2025 only for some features. */
const windows11: Release = {
  ...modern(4096, 'http://microsoft.com/win/11'),
  secureBoot: true,
  tpm: true,
  required: { secureBoot: true, tpm: true },
  minVcpus: 2,
  minDiskBytes: 64e9,
};
const server2025: Release = {
  ...modern(2048, 'http://microsoft.com/win/2k25'),
  secureBoot: true,
  tpm: true,
};

const clients: Readonly<Record<string, Release>> = {
  xp: old(64, 'http://microsoft.com/win/xp', false),
  vista: old(1024, 'http://microsoft.com/win/vista', false),
  '7': old(2048, 'http://microsoft.com/win/7', true),
  '8': modern(2048, 'http://microsoft.com/win/8'),
  '81': modern(2048, 'http://microsoft.com/win/8.1'),
  '10': modern(2048, 'http://microsoft.com/win/10'),
  '11': windows11,
};

const servers: Readonly<Record<string, Release>> = {
  '2003': old(128, 'http://microsoft.com/win/2k3', false),
  '2003r2': old(128, 'http://microsoft.com/win/2k3r2', false),
  '2008': old(512, 'http://microsoft.com/win/2k8', true),
  '2008r2': old(512, 'http://microsoft.com/win/2k8r2', true),
  '2012': modern(512, 'http://microsoft.com/win/2k12'),
  '2012r2': modern(512, 'http://microsoft.com/win/2k12r2'),
  '2016': modern(512, 'http://microsoft.com/win/2k16'),
  '2019': modern(512, 'http://microsoft.com/win/2k19'),
  '2022': modern(512, 'http://microsoft.com/win/2k22'),
  '2025': server2025,
};

/** Which one is not said: what every release of the last ten years bears. No minimum: it may be an old one. */
const unknownClient: Release = { ...modern(0, 'http://microsoft.com/win/10'), libosinfoId: null };
const unknownServer: Release = unknownClient;

/**
 * The profile of a Windows. Elemento writes the release into the flavour in several ways (`windows11`,
 * `windowssrv2019`, `winserver19`, `windows-server`), or it stands in the version.
 *
 * Disks are SATA and network cards e1000e, since Windows brings drivers for these and none for virtio: what boots at
 * once wins. The virtio-win medium is put in where the host has it, so that drivers can be added later.
 */
export function windowsProfile(flavour: string | null, version: string | null): GuestProfile {
  return {
    family: 'windows',
    hyperv: true,
    clock: 'localtime',
    diskBus: 'sata',
    nicModel: 'e1000e',
    video: 'vga',
    qemuAgent: true,
    setup: null,
    login: { user: 'Administrator', shell: null },
    agentPackage: null,
    ...releaseOf(flavour, version),
  };
}

function releaseOf(flavour: string | null, version: string | null): Release {
  const written = `${flavour ?? ''}${version ?? ''}`.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
  const [, server, release = ''] = /^(?:windows|win)?(server|srv)?(.*)$/.exec(written) ?? [];
  if (server !== undefined || /^20\d\d/.test(release)) {
    const [, year = '', second = ''] = /^(?:20)?(\d\d)(r2)?/.exec(release) ?? [];
    return (
      servers[`20${year}${second}`] ?? servers[`20${year}`] ?? later(year, 25, server2025, unknownServer)
    );
  }
  const [, name = ''] = /^(xp|vista|7|81|8|10|11|1[2-9](?!\w))/.exec(release) ?? [];
  return clients[name] ?? later(name, 11, windows11, unknownClient);
}

/** A release that came after the last one known here wants at least as much. */
function later(written: string, last: number, newest: Release, unknown: Release): Release {
  return Number(written) > last ? { ...newest, libosinfoId: null } : unknown;
}
