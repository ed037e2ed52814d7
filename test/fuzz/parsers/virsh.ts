import { EventLines, type Subsystem } from '../../../internal/libvirt/virsh/events/event-lines.ts';
import {
  parseDhcpLeases,
  parseInterfaceAddresses,
} from '../../../internal/libvirt/virsh/output/addresses.ts';
import { elementText, nameIn } from '../../../internal/libvirt/virsh/output/document.ts';
import {
  parseBlockInfo,
  parseBlockJob,
  parseDomainInfo,
  parseFilesystemCount,
  parseJobStats,
} from '../../../internal/libvirt/virsh/output/domain.ts';
import {
  parseFreeMemory,
  parseMade,
  parseNodeInfo,
  parsePoolInfo,
  parseVersions,
  parseVolumeInfo,
} from '../../../internal/libvirt/virsh/output/host.ts';
import {
  parseDomainList,
  parseNwfilterList,
  parsePoolList,
  parseSecretList,
  parseVolumeList,
  parseWords,
} from '../../../internal/libvirt/virsh/output/lists.ts';
import {
  parseGuestInfo,
  parseMemoryStats,
  parseOneStats,
  parseStats,
} from '../../../internal/libvirt/virsh/output/typed-values.ts';
import { mutatedText } from '../generators/mutation.ts';
import { mayRefuse } from '../refusal.ts';
import { target, type FuzzTarget } from '../target.ts';

const uuid = '2e6827e4-9b6b-4a35-9dc6-c4a377491d8b';
const nobody = { name: '', uuid, id: null };

/** As virsh 9 prints them. */
const outputs: readonly (readonly [name: string, output: string, parse: (text: string) => unknown])[] = [
  ['list of domains', `${uuid} 2 -dash\n${uuid} - a b 'q' "x"\n\n`, parseDomainList],
  ['list of pools', `${uuid} p 1                 \n`, parsePoolList],
  [
    'list of filters',
    ` UUID                                   Name\n----\n ${uuid}   clean-traffic\n`,
    parseNwfilterList,
  ],
  ['list of secrets', ` ${uuid}  ceph    client.libvirt secret\n`, parseSecretList],
  ['list of volumes', ` Name       Path\n----\n a b.qcow2   /srv/a b.qcow2\n`, parseVolumeList],
  ['words', 'domain.start\ndomain.stop\n', parseWords],
  [
    'node information',
    'CPU model:           x86_64\nCPU(s):              2\nCPU frequency:       2596 MHz\nCPU socket(s):       1\nCore(s) per socket:  2\nThread(s) per core:  1\nNUMA cell(s):        1\nMemory size:         7956684 KiB\n',
    parseNodeInfo,
  ],
  [
    'versions',
    'Using library: libvirt 9.0.1\nRunning hypervisor: QEMU 7.2.22\nRunning against daemon: 9.0.0\n',
    parseVersions,
  ],
  ['free memory', '    0:    4562592 KiB\n--------------------\nTotal:    4562592 KiB\n', parseFreeMemory],
  [
    'a pool',
    `Name:           p 1\nUUID:           ${uuid}\nState:          running\nPersistent:     yes\nAutostart:      no\nCapacity:       270553174016\nAllocation:     26931687424\nAvailable:      243621486592\n`,
    parsePoolInfo,
  ],
  [
    'a volume',
    'Name:           a\nType:           file\nCapacity:       1073741824\nAllocation:     200704\n',
    parseVolumeInfo,
  ],
  [
    'what was made',
    'Domain snapshot 1769 created\n',
    (text) => parseMade(text, /^Domain snapshot (.+) created$/m),
  ],
  [
    'a domain',
    `Id:             -\nName:           -dash\nUUID:           ${uuid}\nOS Type:        hvm\nState:          shut off\nCPU(s):         1\nMax memory:     65536 KiB\nUsed memory:    32768 KiB\nPersistent:     yes\nAutostart:      disable\nManaged save:   yes\n`,
    parseDomainInfo,
  ],
  [
    'a block device',
    'Capacity:       1073741824\nAllocation:     200704\nPhysical:       196616\n',
    parseBlockInfo,
  ],
  ['a block job', ' type=Active Block Commit\n bandwidth=0\n cur=1\n end=1\n', parseBlockJob],
  [
    'a job',
    'Job type:         Unbounded   \nOperation:        Outgoing migration\nTime elapsed:     27           ms\nData processed:   10.000 MiB\n',
    parseJobStats,
  ],
  ['frozen file systems', 'Froze 2 filesystem(s)\n', parseFilesystemCount],
  [
    'statistics',
    "Domain: 'd'3'\n  state.state=1\n  cpu.time=11106842000\n  net.0.name=vnet0\n  block.0.path=/a=b/base.qcow2\n\nDomain: 'gone'\n",
    (text) => [parseStats(text, () => nobody), parseOneStats(text)],
  ],
  ['statistics of memory', 'actual 65536\nrss 51244\nlast_update 0\n', parseMemoryStats],
  [
    'a guest',
    'os.id               : debian\nfs.count            : 1\nfs.0.total-bytes    : 100\nuser.0.login-time   : 1\n',
    parseGuestInfo,
  ],
  [
    'addresses',
    ' vnet0      52:54:00:aa:bb:01    ipv4         192.168.77.5/24\n vnet0      52:54:00:aa:bb:01    ipv6         fd00::5/0\n dummy0     N/A                  N/A          N/A\n',
    parseInterfaceAddresses,
  ],
  [
    'DHCP leases',
    ' 2026-11-22 23:19:53   52:54:00:aa:bb:01   ipv4   192.168.77.5/24   web1   01:52:54:00:aa:bb:01\n 2026-11-22 23:19:53   52:54:00:aa:bb:01   ipv6   fd00::5/0   -   00:01\n',
    (text) => parseDhcpLeases(text, 'virbr7'),
  ],
  [
    'the name in a document',
    '<domain type="kvm"><name>web</name></domain>',
    (text) => [nameIn(text, 'domain'), elementText(text, ['target', 'path'])],
  ],
];

const stamp = '2026-11-22 21:53:03.837+0000: ';
const events = [
  `${stamp}event 'lifecycle' for domain 'd3': Suspended Paused`,
  `${stamp}event 'io-error-reason' for domain 'd3': /a (b)/c.img (virtio-disk0) pause due to enospc`,
  `${stamp}event 'graphics' for domain 'd3': Connected local[ipv4 127.0.0.1 5900] remote[ipv4 127.0.0.1 4] vnc\n`,
  `${stamp}event 'memory-failure' for domain 'd3':\nrecipient: hypervisor\naction: ignore`,
  `${stamp}event 'lifecycle' for network default: Started`,
  `${stamp}event 'refresh' for storage pool p`,
  `${stamp}event 'update' for node device pci_0000_00_01_0`,
].join('\n');
const subsystems: readonly Subsystem[] = ['domain', 'network', 'pool', 'secret', 'nodeDevice'];

export const virshTargets: readonly FuzzTarget[] = [
  ...outputs.map(([name, output, parse]) =>
    target(`virsh: ${name}`, mutatedText([output]), (text) => mayRefuse(() => parse(text))),
  ),
  target('virsh: events', mutatedText([events]), async (text) => {
    for (const subsystem of subsystems) {
      const reader = new EventLines(subsystem);
      for (const line of text.split('\n')) await mayRefuse(() => reader.push(line));
    }
  }),
];
