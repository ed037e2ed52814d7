import { describe, expect, it } from 'vitest';
import { guestProfile } from '../../../internal/guests/guest-profile.ts';
import type { OsSpec } from '../../../internal/spec/spec.ts';

const profile = (
  family: OsSpec['family'],
  flavour: string | null = null,
  version: string | null = null,
): ReturnType<typeof guestProfile> => guestProfile({ os: { family, flavour, version } });

describe('profile of a Windows', () => {
  it.each([
    ['windowsxp', null, 'xp', 'bios'],
    ['windows7', null, '7', 'bios'],
    ['windows10', null, '10', 'uefi'],
    ['windows10', '22H2', '10', 'uefi'],
    ['windows11', null, '11', 'uefi'],
    ['windows', '11', '11', 'uefi'],
    ['windows', '8.1', '8.1', 'uefi'],
    ['windowssrv2003', null, '2k3', 'bios'],
    ['windowssrv2008', null, '2k8', 'bios'],
    ['windowssrv2008', 'R2', '2k8r2', 'bios'],
    ['windowssrv2012', null, '2k12', 'uefi'],
    ['windowssrv2016', null, '2k16', 'uefi'],
    ['windowssrv2019', null, '2k19', 'uefi'],
    ['windowssrv2022', null, '2k22', 'uefi'],
    ['windowssrv2025', null, '2k25', 'uefi'],
    ['winserver03', null, '2k3', 'bios'],
    ['winserver12', null, '2k12', 'uefi'],
    ['winserver16', null, '2k16', 'uefi'],
    ['winserver19', null, '2k19', 'uefi'],
    ['winserver22', null, '2k22', 'uefi'],
    ['windows-server', '2022', '2k22', 'uefi'],
    ['windows', '2019', '2k19', 'uefi'],
  ])('%s %s is win/%s with %s', (flavour, version, id, firmware) => {
    const { libosinfoId, firmware: chosen } = profile('windows', flavour, version);
    expect([libosinfoId, chosen]).toEqual([`http://microsoft.com/win/${id}`, firmware]);
  });

  it('has drivers in the box for its disk and network card', () => {
    expect(profile('windows', 'windows10')).toMatchObject({
      diskBus: 'sata',
      nicModel: 'e1000e',
      virtioWin: true,
      hyperv: true,
      clock: 'localtime',
    });
  });

  it('insists on secure boot and a TPM for Windows 11, and offers them to Server 2025', () => {
    const both = { secureBoot: true, tpm: true };
    expect(profile('windows', 'windows11')).toMatchObject({
      ...both,
      required: both,
      minMemoryMib: 4096,
      minVcpus: 2,
      minDiskBytes: 64e9,
    });
    expect(profile('windows', 'windowssrv2025')).toMatchObject({
      ...both,
      required: { secureBoot: false, tpm: false },
      minMemoryMib: 2048,
    });
  });

  it.each(['windows', 'windows-server', 'windows22h2', 'windows98', null])(
    'asks nothing for a release that is not known: %s',
    (flavour) => {
      const unknown = profile('windows', flavour);
      expect(unknown).toMatchObject({ firmware: 'uefi', secureBoot: false, tpm: false, minMemoryMib: 0 });
    },
  );

  it.each([
    ['windows12', 4096],
    ['windowssrv2028', 2048],
  ])('takes %s, which is newer than any known, as the newest', (flavour, minMemoryMib) => {
    expect(profile('windows', flavour)).toMatchObject({ secureBoot: true, minMemoryMib, libosinfoId: null });
  });
});

describe('profile of a Linux', () => {
  it.each([
    ['ubuntu', '24.04', 'http://ubuntu.com/ubuntu/24.04'],
    ['ubuntu', null, 'http://libosinfo.org/linux/2022'],
    ['debian12', null, 'http://debian.org/debian/12'],
    ['debian', '12.5', 'http://debian.org/debian/12'],
    ['opensuse', '15.4', 'http://opensuse.org/opensuse/15.4'],
    ['gentoo', null, 'http://gentoo.org/gentoo/rolling'],
    ['pop', '22.04', 'http://system76.com/popos/22.04'],
    ['almalinux', '9', 'http://almalinux.org/almalinux/9'],
    ['arch', '2024.01', 'http://archlinux.org/archlinux/rolling'],
    ['fedora', null, 'http://fedoraproject.org/fedora/unknown'],
    ['rocky', '9.4', 'http://rockylinux.org/rocky/9'],
    ['alpine', '3.17', 'http://alpinelinux.org/alpinelinux/3.17'],
    ['alpine', '3.17.2', 'http://alpinelinux.org/alpinelinux/3.17'],
    ['mint', '21', 'http://libosinfo.org/linux/2022'],
    ['my own', null, 'http://libosinfo.org/linux/2022'],
  ])('%s %s is %s', (flavour, version, libosinfoId) => {
    expect(profile('linux', flavour, version)).toMatchObject({
      libosinfoId,
      diskBus: 'virtio',
      firmware: 'bios',
    });
  });

  it('gives TempleOS devices of its time', () => {
    expect(profile('linux', 'temple')).toMatchObject({ diskBus: 'sata', video: 'vga', qemuAgent: false });
  });
});

describe('profile of the others', () => {
  it.each([
    ['openbsd', '7.0', 'http://openbsd.org/openbsd/7.0'],
    ['openbsd', null, null],
    ['dragonfly', '6.2', null],
  ])('%s %s has libosinfo id %s', (flavour, version, libosinfoId) => {
    expect(profile('bsd', flavour, version)).toMatchObject({ libosinfoId, diskBus: 'virtio', video: 'vga' });
  });

  it('boots macOS by UEFI', () => {
    expect(profile('macos')).toMatchObject({ family: 'macos', firmware: 'uefi', diskBus: 'sata' });
  });
});
