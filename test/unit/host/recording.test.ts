import { describe, expect, it } from 'vitest';
import { machineFiles } from '../../../internal/host/files.ts';
import { fixtureHost, fixtureHostNames, fixtureMachine, machineFacts } from '../../fixtures/hosts/load.ts';
import { fullHypervisor } from '../../fixtures/hosts/machine.ts';
import { publicBytes, publicText } from '../../fixtures/hosts/recording/privacy.ts';
import { recordMachine } from '../../fixtures/hosts/recording/record.ts';
import { parseTree, treeText } from '../../fixtures/hosts/recording/tree-text.ts';
import { treeFiles } from '../../fixtures/hosts/tree-files.ts';

/** What a record may not tell. */
function withoutNames(facts: Awaited<ReturnType<typeof fixtureHost>>) {
  const pci = facts.pci.map((device) => ({
    ...device,
    users: device.users.map((user) => (user.kind === 'usb' ? { ...user, description: 'usb' } : user)),
  }));
  const commandLine = facts.iommu.commandLine.filter((word) => !word.startsWith('root='));
  return { ...facts, iommu: { ...facts.iommu, commandLine }, pci };
}

describe('a record of a machine', () => {
  it.each(fixtureHostNames)('%s: its facts are the same', async (name) => {
    const { tree, hypervisor } = fixtureMachine(name);
    const text = treeText(await recordMachine(treeFiles(tree), hypervisor));
    const again = await machineFacts({ tree: parseTree(`# a remark\n${text}`), hypervisor });
    expect(withoutNames(again)).toEqual(withoutNames(await fixtureHost(name)));
  });

  it('of this machine can be read', async () => {
    const text = treeText(await recordMachine(machineFiles('/'), fullHypervisor));
    const { cpu, memory } = await machineFacts({ tree: parseTree(text), hypervisor: fullHypervisor });
    expect(cpu.cores.length).toBeGreaterThan(0);
    expect(memory.totalMib).toBeGreaterThan(0);
    expect(text).not.toMatch(/(?:[0-9a-f]{2}:){5}[0-9a-f]{2}|fe80[0-9a-f]*fffe/i);
  });
});

describe('what is private is left out', () => {
  it.each([
    ['proc/cmdline', 'root=UUID=1 iommu=pt ip=10.0.0.1 quiet', 'iommu=pt'],
    ['proc/cpuinfo', 'processor : 0\n\nprocessor : 1\n\nSerial : 1', 'processor : 0'],
    [
      'proc/1/mountinfo',
      '30 1 8:1 /x /home/alice rw shared:1 - ext4 /dev/sda1 rw,secret',
      '30 1 8:1 / /mnt/0 rw - ext4 /dev/sda1 rw',
    ],
    ['proc/1/mountinfo', '30 1 0:31 / / rw - nfs server:/export rw', '30 1 0:31 / / rw - nfs none rw'],
    [
      'proc/1/net/route',
      'Iface\tDestination\tGateway\neth0\t0000A8C0\t0101A8C0\t0001',
      'Iface\tDestination\tGateway\neth0\t000200C0\t00000000\t0001',
    ],
    [
      'proc/1/net/if_inet6',
      '2a0104f8000000000000000000000007 02 40 00 80 eth0',
      '20010db8000000000000000000000001 02 40 00 80 eth0',
    ],
    [
      'proc/1/net/if_inet6',
      'fe8000000000000002fc00fffe123456 02 40 20 80 eth0',
      'fe800000000000000000000000000001 02 40 20 80 eth0',
    ],
    ['run/udev/data/b8:1', 'E:ID_SERIAL=x\nE:ID_FS_TYPE=zfs_member', 'E:ID_FS_TYPE=zfs_member'],
    ['sys/class/dmi/id/sys_vendor', 'Dell Inc.', 'Dell Inc.'],
  ])('%s %j', (file, content, expected) => {
    expect(publicText(file, content)).toBe(expected);
  });

  it('strings of the firmware, and structures that are not of the memory', () => {
    const table = Uint8Array.from([
      1, 4, 0, 0, 0x53, 0, 0, 16, 7, 1, 0, 3, 3, 6, 0x53, 0x4e, 0, 0, 127, 4, 0, 0, 0, 0,
    ]);
    expect([...publicBytes('sys/firmware/dmi/tables/DMI', table)]).toEqual([16, 7, 1, 0, 3, 3, 6, 0, 0]);
  });
});
