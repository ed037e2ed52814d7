import { expect, it } from 'vitest';
import { requireNothingRegained } from '../../../../internal/instances/snapshots/require-nothing-regained.ts';
import type { ProtiumError } from '../../../../internal/errors/protium-error.ts';
import { parseXml } from '../../../../internal/xml/parse.ts';

const plain = { devices: "<disk type='file'><source file='/pool/a.qcow2'/></disk>", more: '' };

function domain({ devices = plain.devices, more = plain.more }: Partial<typeof plain> = {}) {
  return parseXml(
    `<domain type='kvm' xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'><name>vm</name>` +
      `<os><type>hvm</type></os><devices>${devices}</devices>${more}</domain>`,
  );
}

function regained(snapshot: ReturnType<typeof domain>, now = domain(), internal = true): unknown {
  try {
    requireNothingRegained(snapshot, now, { internal });
    return null;
  } catch (error) {
    return (error as ProtiumError).details['regained'];
  }
}

const raw = "<qemu:commandline><qemu:arg value='-virtfs'/></qemu:commandline>";

it('what a VM has now, a snapshot may have too', () => {
  expect(regained(domain())).toBeNull();
  expect(regained(domain({ more: raw }), domain({ more: raw }))).toBeNull();
});

it.each([
  ['options for QEMU', { more: raw }, ['qemu:commandline']],
  [
    'a directory of the host',
    { devices: `${plain.devices}<filesystem type='mount'><source dir='/'/><target dir='x'/></filesystem>` },
    ['filesystem'],
  ],
  ['another emulator', { devices: `${plain.devices}<emulator>/tmp/evil</emulator>` }, ['emulator']],
  [
    'a file that is no disk of it any more',
    { devices: "<disk type='file'><source file='/pool/others.qcow2'/></disk>" },
    ['a disk elsewhere'],
  ],
])('%s do not come back', (_what, snapshot, expected) => {
  expect(regained(domain(snapshot))).toEqual(expected);
});

it('disks of a snapshot by layers have other files, which are not brought back', () => {
  const layered = domain({ devices: "<disk type='file'><source file='/pool/before.qcow2'/></disk>" });
  expect(regained(layered, domain(), false)).toBeNull();
});

it('other options than now are not the same', () => {
  const other = "<qemu:commandline><qemu:arg value='-other'/></qemu:commandline>";
  expect(regained(domain({ more: raw }), domain({ more: other }))).toEqual(['qemu:commandline']);
});
