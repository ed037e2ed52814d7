import { describe, expect, it } from 'vitest';
import { elementoFlagsOf, kernelFlagOf } from '../../../internal/host/cpu-flags.ts';
import { readCpu } from '../../../internal/host/cpu.ts';
import { parseCpuinfo } from '../../../internal/host/cpuinfo.ts';
import { fixtureHost } from '../../fixtures/hosts/load.ts';
import { machineOf } from './machine.ts';

const cpus = 'sys/devices/system/cpu';

describe('cores', () => {
  it('with their threads; what is offline or isolated', async () => {
    const cpu = await readCpu(
      machineOf({
        'proc/cpuinfo':
          'processor : 0\nvendor_id : AuthenticAMD\nmodel name : EPYC @ 3.5GHz\nflags : sse2 pni rtm\n\nprocessor : 1\n',
        [`${cpus}/online`]: '0-2',
        [`${cpus}/isolated`]: '1',
        [`${cpus}/cpu0/topology/thread_siblings_list`]: '0,2',
        [`${cpus}/cpu1/topology/thread_siblings_list`]: '1,3',
        [`${cpus}/cpu2/topology/thread_siblings_list`]: '0,2',
        [`${cpus}/cpu0/topology/physical_package_id`]: -1,
        'sys/devices/system/node/node1/cpulist': '1',
      }),
      'X86_64',
    );
    expect(cpu).toMatchObject({
      vendor: 'AuthenticAMD',
      frequencyMhz: 3500,
      smtOn: true,
      threadsPerCore: 2,
      elementoFlags: ['SSE2', 'SSE3', 'TSX'],
      cores: [
        { id: 0, cpus: [0, 2], socket: 0, node: 0, isolated: false },
        { id: 1, cpus: [1], socket: 0, node: 1, isolated: true },
      ],
    });
  });

  it('of two kinds: threads count where they are, and the slower cores say the frequency', async () => {
    const { cpu } = await fixtureHost('laptop-one-gpu');
    expect(cpu.cores.map((core) => core.cpus.length)).toEqual([2, 2, 2, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1]);
    expect(cpu.threadsPerCore).toBe(2);
    expect(cpu.frequencyMhz).toBe(2000);
  });

  it('with SMT turned off: the siblings are offline', async () => {
    const { cpu } = await fixtureHost('sriov-nic');
    expect(cpu.smtOn).toBe(false);
    expect(cpu.cores).toHaveLength(20);
    expect(cpu.cores.filter(({ isolated }) => isolated).map(({ id }) => id)).toEqual([2, 3, 4, 5]);
  });

  it('every CPU is in one core, whatever the siblings say', async () => {
    const { cores } = await readCpu(
      machineOf({
        [`${cpus}/online`]: '0-3',
        [`${cpus}/cpu0/topology/core_cpus_list`]: '0-1',
        [`${cpus}/cpu1/topology/core_cpus_list`]: '1-2',
        [`${cpus}/cpu2/topology/core_cpus_list`]: '1-2',
        [`${cpus}/cpu3/topology/core_cpus_list`]: 'garbage',
      }),
      'X86_64',
    );
    expect(cores.map((core) => core.cpus)).toEqual([[0, 1], [2], [3]]);
  });

  it('of a kernel that cannot take CPUs off', async () => {
    const { cores } = await readCpu(
      machineOf({ [`${cpus}/cpu1/`]: '', [`${cpus}/cpu0/`]: '', [`${cpus}/cpuidle/`]: '' }),
      'X86_64',
    );
    expect(cores.map(({ id }) => id)).toEqual([0, 1]);
  });

  it('a machine without files is no error', async () => {
    expect(await readCpu(machineOf({}), 'ARM_8')).toEqual({
      arch: 'ARM_8',
      vendor: 'unknown',
      model: null,
      frequencyMhz: null,
      smtOn: false,
      threadsPerCore: 1,
      kernelFlags: [],
      elementoFlags: [],
      cores: [],
    });
  });
});

describe('frequency', () => {
  it.each([
    [
      'the base of the slowest core',
      { 'cpu0/cpufreq/base_frequency': 2_700_000, 'cpu1/cpufreq/base_frequency': 2_000_000 },
      2000,
    ],
    [
      'what CPPC calls nominal',
      { 'cpu0/acpi_cppc/nominal_freq': 2450, 'cpu0/cpufreq/cpuinfo_max_freq': 3_529_000 },
      2450,
    ],
    [
      'the first of the steps',
      { 'cpu0/cpufreq/scaling_available_frequencies': '3500000 2800000 2200000 ' },
      3500,
    ],
    [
      'the highest that all reach',
      { 'cpu0/cpufreq/cpuinfo_max_freq': 4_700_000, 'cpu1/cpufreq/cpuinfo_max_freq': 3_500_000 },
      3500,
    ],
    ['the present one', {}, 1497],
    ['zeros tell nothing', { 'cpu0/cpufreq/base_frequency': 0, 'cpu0/acpi_cppc/nominal_freq': 0 }, 1497],
  ])('%s', async (_what, files, expected) => {
    const placed = Object.fromEntries(
      Object.entries(files).map(([file, value]) => [`${cpus}/${file}`, value]),
    );
    const cpu = await readCpu(
      machineOf({
        ...placed,
        [`${cpus}/online`]: '0-1',
        'proc/cpuinfo': 'processor : 0\ncpu MHz : 1497.316',
      }),
      'X86_64',
    );
    expect(cpu.frequencyMhz).toBe(expected);
  });
});

describe('/proc/cpuinfo of other architectures', () => {
  it.each([
    [
      'arm64',
      'processor\t: 0\nBogoMIPS\t: 50.00\nFeatures\t: fp asimd aes\nCPU implementer\t: 0x41\n',
      { vendor: null, model: null, flags: ['fp', 'asimd', 'aes'], presentMhz: null },
    ],
    [
      'POWER',
      'processor\t: 0\ncpu\t\t: POWER9, altivec supported\nclock\t\t: 3800.000000MHz\n',
      { vendor: null, model: 'POWER9, altivec supported', flags: [], presentMhz: 3800 },
    ],
    [
      's390',
      'vendor_id       : IBM/S390\nfeatures\t: esan3 zarch\nprocessor 0: version = FF\n',
      { vendor: 'IBM/S390', model: null, flags: ['esan3', 'zarch'], presentMhz: null },
    ],
    ['garbage', '\u0000\u0001:::\n', { vendor: null, model: null, flags: [], presentMhz: null }],
  ])('%s', (_name, text, expected) => {
    expect(parseCpuinfo(text)).toEqual(expected);
  });
});

it('names of features, both ways', () => {
  expect(['SSE4.1', 'avx-512', 'Nonsense', 'vmx'].map(kernelFlagOf)).toEqual([
    'sse4_1',
    'avx512f',
    'nonsense',
    'vmx',
  ]);
  expect(elementoFlagsOf(['sse4_1', 'hypervisor'])).toEqual(['SSE4.1']);
});
