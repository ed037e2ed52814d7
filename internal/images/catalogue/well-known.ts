import type { CatalogueEntry } from './entry.ts';

/**
 * Cloud images of well-known systems, all with cloud-init, for x86_64. Where a distribution has an address that always
 * leads to its newest image, it is that one. Signed off by whoever changes this list: look at every address.
 */
export const wellKnownImages: readonly CatalogueEntry[] = [
  debian('12', 'bookworm'),
  debian('13', 'trixie'),
  ubuntu('22.04', 'Jammy Jellyfish'),
  ubuntu('24.04', 'Noble Numbat'),
  ubuntu('26.04', 'Resolute Raccoon'),
  fedora('42', '1.1'),
  fedora('43', '1.6'),
  alpine('3.22', '3.22.1'),
  {
    ...common('rocky-9', 'Rocky Linux 9', 'rocky', '9', 'http://rockylinux.org/rocky/9', 'rocky'),
    source: {
      kind: 'url',
      url: 'https://dl.rockylinux.org/pub/rocky/9/images/x86_64/Rocky-9-GenericCloud-Base.latest.x86_64.qcow2',
      format: 'qcow2',
      checksum: {
        url: 'https://dl.rockylinux.org/pub/rocky/9/images/x86_64/Rocky-9-GenericCloud-Base.latest.x86_64.qcow2.CHECKSUM',
        algorithm: 'sha256',
        form: 'bsd',
      },
    },
  },
  {
    ...common(
      'opensuse-leap-15.6',
      'openSUSE Leap 15.6',
      'opensuse',
      '15.6',
      'http://opensuse.org/opensuse/15.6',
      'opensuse',
    ),
    source: {
      kind: 'url',
      url: 'https://download.opensuse.org/distribution/leap/15.6/appliances/openSUSE-Leap-15.6-Minimal-VM.x86_64-Cloud.qcow2',
      format: 'qcow2',
      checksum: {
        url: 'https://download.opensuse.org/distribution/leap/15.6/appliances/openSUSE-Leap-15.6-Minimal-VM.x86_64-Cloud.qcow2.sha256',
        algorithm: 'sha256',
        form: 'bare',
      },
    },
  },
  {
    ...common(
      'tiny',
      "Protium's test guest, built here from Debian packages; boots in seconds",
      'debian',
      null,
      null,
      'root',
    ),
    source: { kind: 'guest-build' },
  },
];

function common(
  name: string,
  description: string,
  flavour: string,
  version: string | null,
  libosinfoId: string | null,
  loginUser: string,
): Omit<CatalogueEntry, 'source'> {
  return {
    name,
    description,
    architecture: 'x86_64',
    os: { family: 'linux', flavour, version, libosinfoId, loginUser },
    origin: 'protium',
  };
}

function debian(version: string, codename: string): CatalogueEntry {
  const folder = `https://cloud.debian.org/images/cloud/${codename}/latest`;
  return {
    ...common(
      `debian-${version}`,
      `Debian ${version} (${codename})`,
      'debian',
      version,
      `http://debian.org/debian/${version}`,
      'debian',
    ),
    source: {
      kind: 'url',
      url: `${folder}/debian-${version}-genericcloud-amd64.qcow2`,
      format: 'qcow2',
      checksum: { url: `${folder}/SHA512SUMS`, algorithm: 'sha512', form: 'sums' },
    },
  };
}

function ubuntu(version: string, codename: string): CatalogueEntry {
  const folder = `https://cloud-images.ubuntu.com/releases/${version}/release`;
  return {
    ...common(
      `ubuntu-${version}`,
      `Ubuntu ${version} LTS (${codename})`,
      'ubuntu',
      version,
      `http://ubuntu.com/ubuntu/${version}`,
      'ubuntu',
    ),
    source: {
      kind: 'url',
      // qcow2, whatever its name says.
      url: `${folder}/ubuntu-${version}-server-cloudimg-amd64.img`,
      format: 'qcow2',
      checksum: { url: `${folder}/SHA256SUMS`, algorithm: 'sha256', form: 'sums' },
    },
  };
}

/** @param compose what stands behind the release in the names of its files */
function fedora(version: string, compose: string): CatalogueEntry {
  // Not download.fedoraproject.org, which leads to mirrors without TLS too.
  const folder = `https://dl.fedoraproject.org/pub/fedora/linux/releases/${version}/Cloud/x86_64/images`;
  return {
    ...common(
      `fedora-${version}`,
      `Fedora Cloud ${version}`,
      'fedora',
      version,
      `http://fedoraproject.org/fedora/${version}`,
      'fedora',
    ),
    source: {
      kind: 'url',
      url: `${folder}/Fedora-Cloud-Base-Generic-${version}-${compose}.x86_64.qcow2`,
      format: 'qcow2',
      checksum: {
        url: `${folder}/Fedora-Cloud-${version}-${compose}-x86_64-CHECKSUM`,
        algorithm: 'sha256',
        form: 'bsd',
      },
    },
  };
}

function alpine(branch: string, version: string): CatalogueEntry {
  const url = `https://dl-cdn.alpinelinux.org/alpine/v${branch}/releases/cloud/nocloud_alpine-${version}-x86_64-bios-cloudinit-r0.qcow2`;
  return {
    ...common(
      `alpine-${branch}`,
      `Alpine Linux ${branch}`,
      'alpine',
      branch,
      `http://alpinelinux.org/alpinelinux/${branch}`,
      'alpine',
    ),
    source: {
      kind: 'url',
      url,
      format: 'qcow2',
      checksum: { url: `${url}.sha512`, algorithm: 'sha512', form: 'bare' },
    },
  };
}
