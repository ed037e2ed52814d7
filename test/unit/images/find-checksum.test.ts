import { describe, expect, it } from 'vitest';
import { readChecksum } from '../../../internal/images/checksum/checksum.ts';
import { findChecksum } from '../../../internal/images/checksum/find-checksum.ts';

const a = 'a1'.repeat(32);
const b = 'b2'.repeat(32);
const long = 'c3'.repeat(64);

describe('sums, as Debian and Ubuntu write them', () => {
  const debian = `${long}  debian-12-genericcloud-amd64.json
${long.replaceAll('c', 'd')}  debian-12-genericcloud-amd64.qcow2
${long.replaceAll('c', 'e')}  debian-12-genericcloud-amd64.tar.xz
`;
  const ubuntu = `${a} *ubuntu-24.04-server-cloudimg-amd64-azure.vhd.tar.gz\r
${b} *ubuntu-24.04-server-cloudimg-amd64.img\r
`;

  it.each([
    [debian, 'sha512', 'debian-12-genericcloud-amd64.qcow2', long.replaceAll('c', 'd')],
    [debian, 'sha512', 'genericcloud-amd64.qcow2', null],
    [debian, 'sha256', 'debian-12-genericcloud-amd64.qcow2', null],
    [ubuntu, 'sha256', 'ubuntu-24.04-server-cloudimg-amd64.img', b],
    [`${a}  ./images/x.img\n`, 'sha256', 'x.img', a],
    [`${a}  x.img\n${b}  x.img\n`, 'sha256', 'x.img', null],
    [`${a}  x.img\n${a.toUpperCase()}  x.img\n`, 'sha256', 'x.img', a],
    ['<html>404</html>', 'sha256', 'x.img', null],
    ['', 'sha256', 'x.img', null],
  ] as const)('%#', (text, algorithm, fileName, hex) => {
    const found = findChecksum(text, { form: 'sums', algorithm, fileName });
    expect(found).toEqual(hex === null ? null : { algorithm, hex });
  });
});

describe('bsd, as Fedora and Rocky write them', () => {
  const fedora = `-----BEGIN PGP SIGNED MESSAGE-----
Hash: SHA256

# Fedora-Cloud-Base-AmazonEC2-42-1.1.x86_64.raw.xz: 503316480 bytes
SHA256 (Fedora-Cloud-Base-AmazonEC2-42-1.1.x86_64.raw.xz) = ${a}
# Fedora-Cloud-Base-Generic-42-1.1.x86_64.qcow2: 533004288 bytes
SHA256 (Fedora-Cloud-Base-Generic-42-1.1.x86_64.qcow2) = ${b}
-----BEGIN PGP SIGNATURE-----

iQIzBAEBCAAdFiEEsP+KbR+3XnM=
-----END PGP SIGNATURE-----
`;
  const rocky = `# Rocky-9-GenericCloud-Base.latest.x86_64.qcow2: 609812480 bytes
SHA256 (Rocky-9-GenericCloud-Base.latest.x86_64.qcow2) = ${a}
`;

  it.each([
    [fedora, 'sha256', 'Fedora-Cloud-Base-Generic-42-1.1.x86_64.qcow2', b],
    [fedora, 'sha512', 'Fedora-Cloud-Base-Generic-42-1.1.x86_64.qcow2', null],
    [rocky, 'sha256', 'Rocky-9-GenericCloud-Base.latest.x86_64.qcow2', a],
    [rocky, 'sha256', 'Rocky-9-GenericCloud-Base-9.6.x86_64.qcow2', null],
    [`SHA512 (x) = ${a}`, 'sha512', 'x', null],
  ] as const)('%#', (text, algorithm, fileName, hex) => {
    const found = findChecksum(text, { form: 'bsd', algorithm, fileName });
    expect(found).toEqual(hex === null ? null : { algorithm, hex });
  });
});

describe('bare, as Alpine and openSUSE write them', () => {
  it.each([
    [long, 'sha512', 'nocloud_alpine.qcow2', long],
    [`${long}  nocloud_alpine.qcow2\n`, 'sha512', 'nocloud_alpine.qcow2', long],
    [
      `${a}  openSUSE-Leap-15.6-Minimal-VM.x86_64-Cloud.qcow2\n`,
      'sha256',
      'openSUSE-Leap-15.6-Minimal-VM.x86_64-Cloud.qcow2',
      a,
    ],
    [`${a}  another.qcow2\n`, 'sha256', 'x.qcow2', null],
    [`${a}\n${b}\n`, 'sha256', 'x.qcow2', null],
  ] as const)('%#', (text, algorithm, fileName, hex) => {
    const found = findChecksum(text, { form: 'bare', algorithm, fileName });
    expect(found).toEqual(hex === null ? null : { algorithm, hex });
  });
});

it.each([
  [`sha256:${a}`, { algorithm: 'sha256', hex: a }],
  [`SHA512:${long.toUpperCase()}`, { algorithm: 'sha512', hex: long }],
  [`sha256:${long}`, null],
  [`md5:${'0'.repeat(32)}`, null],
  [a, null],
  [`sha256:${'g'.repeat(64)}`, null],
])('a checksum in a request: %s', (text, expected) => {
  expect(readChecksum(text)).toEqual(expected);
});
