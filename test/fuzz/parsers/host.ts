import fc from 'fast-check';
import { parseCpuinfo } from '../../../internal/host/cpuinfo.ts';
import { eccOfDmi } from '../../../internal/host/ecc.ts';
import { parseDmiTable } from '../../../internal/host/dmi-table.ts';
import { meminfoMib } from '../../../internal/host/meminfo.ts';
import { parseNumber, parseRange } from '../../../internal/host/numbers.ts';
import { parseBars } from '../../../internal/host/pci-bars.ts';
import { parsePciIds } from '../../../internal/host/pci-ids.ts';
import { uidInTable } from '../../../internal/identity/local/peer-uid.ts';
import { fixtureHostNames, fixtureMachine, machineFacts } from '../../fixtures/hosts/load.ts';
import { mutatedBytes, mutatedText } from '../generators/mutation.ts';
import { target, type FuzzTarget } from '../target.ts';

const pciIds =
  '# comment\n10de  NVIDIA Corporation\n\t2489  GA104 [GeForce RTX 3060 Ti]\n\t\t10de 1489  GA104\nC 03  Display controller\n\t00  VGA compatible controller\n\t\t00  VGA controller\n';
const cpuinfo =
  'processor\t: 0\nvendor_id\t: GenuineIntel\nmodel name\t: Some CPU @ 2.60GHz\ncpu MHz\t\t: 2596.000\ncore id\t\t: 0\nphysical id\t: 0\nflags\t\t: fpu vme vmx avx2\n\nprocessor\t: 1\n';
const tcp =
  '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n   0: 0100007F:1F90 0100007F:C350 01 00000000:00000000 00:00000000 00000000  1000        0 1 1\n';
const machines = fixtureHostNames.map(fixtureMachine);
const dmi = machines.flatMap(({ tree }) =>
  [...tree.entries.values()].flatMap((entry) => (entry.kind === 'bytes' ? [entry.bytes] : [])),
);
const peer = { remoteAddress: '127.0.0.1', remotePort: 8080, localAddress: '127.0.0.1', localPort: 50_000 };

/** A machine of which one file holds something else. */
const bentMachine = fc
  .record({
    name: fc.constantFrom(...fixtureHostNames),
    at: fc.nat(),
    text: mutatedText(['0', '0-3,8', '0x10de', 'on', '0x0000 0x0fff 0x200', cpuinfo, 'MemTotal: 16 kB\n']),
    leads: fc.boolean(),
  })
  .map(({ name, at, text, leads }) => {
    const machine = fixtureMachine(name);
    const files = [...machine.tree.entries.keys()];
    const file = files[at % files.length] ?? '';
    if (leads && !text.includes('\0')) machine.tree.linkTo(file, text.slice(0, 200));
    else machine.tree.text(file, text);
    return machine;
  });

export const hostTargets: readonly FuzzTarget[] = [
  target('host: pci.ids', mutatedText([pciIds]), parsePciIds),
  target('host: cpuinfo', mutatedText([cpuinfo]), parseCpuinfo),
  target('host: meminfo', mutatedText(['MemTotal:  16384 kB\nMemFree:  1 kB\n']), (text) =>
    meminfoMib(text, 'MemTotal'),
  ),
  target('host: numbers and ranges', mutatedText(['0x1f', '12', '0-3,5,8-9', '-1']), (text) => [
    parseNumber(text),
    parseRange(text),
  ]),
  target(
    'host: BARs',
    mutatedText(['0x00000000f0000000 0x00000000f7ffffff 0x0000000000140204\n0x0 0x0 0x0\n']),
    parseBars,
  ),
  target('host: DMI table', mutatedBytes(dmi), (bytes) => eccOfDmi(parseDmiTable(bytes))),
  target('host: sockets in /proc/net', mutatedText([tcp]), (text) => uidInTable(text, peer)),
  target('host: a whole machine', bentMachine, (machine) => machineFacts(machine), 0.05),
];
