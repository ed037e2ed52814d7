import { kernelFlagOf } from '../host/cpu-flags.ts';
import type { HostFacts } from '../host/facts.ts';
import type { Spec } from '../spec/spec.ts';
import { obstacle, type Obstacle } from './refusal.ts';

/** What the config demands of the machine as such: no other VM changes the answer. */
export function unmetRequirements(spec: Spec, host: HostFacts): readonly Obstacle[] {
  return [
    ...unmetArchitecture(spec, host),
    ...unmetFlags(spec, host),
    ...unmetFrequency(spec, host),
    ...unmetManufacturer(spec, host),
    ...unmetEcc(spec, host),
  ];
}

function unmetArchitecture({ cpu: { archs } }: Spec, { cpu }: HostFacts): readonly Obstacle[] {
  const runs =
    cpu.arch === 'X86_64' ? ['X86_64', 'X86_32'] : cpu.arch === 'ARM_8' ? ['ARM_8', 'ARM_7'] : [cpu.arch];
  if (archs.some((arch) => runs.includes(arch))) return [];
  return [
    obstacle(
      'arch-unsupported',
      'cpu.archs',
      `The config wants ${archs.join(' or ')}; this host is ${cpu.arch}.`,
      {
        fix: `Add ${cpu.arch} to archs if the guest has a build for it, or use another host.`,
        details: { host: cpu.arch, archs },
      },
    ),
  ];
}

function unmetFlags({ cpu: { flags } }: Spec, { cpu }: HostFacts): readonly Obstacle[] {
  const present = new Set(cpu.kernelFlags);
  const missing = flags.filter((flag) => !present.has(kernelFlagOf(flag)));
  if (missing.length === 0) return [];
  return [
    obstacle(
      'flag-missing',
      'cpu.flags',
      `The host's processor (${cpu.model ?? cpu.vendor}) does not offer ${missing.join(', ')}.`,
      { fix: 'Leave out what the guest can do without, or use another host.', details: { missing } },
    ),
  ];
}

function unmetFrequency({ cpu: { minFrequencyGhz } }: Spec, { cpu }: HostFacts): readonly Obstacle[] {
  if (minFrequencyGhz === null) return [];
  const { frequencyMhz } = cpu;
  if (frequencyMhz !== null && frequencyMhz >= minFrequencyGhz * 1000) return [];
  const has =
    frequencyMhz === null
      ? 'its frequency is not known'
      : `it runs at ${(frequencyMhz / 1000).toFixed(2)} GHz`;
  return [
    obstacle(
      'frequency-too-low',
      'cpu.min_frequency',
      `The config wants at least ${minFrequencyGhz} GHz; ${has}.`,
      {
        fix: 'Lower min_frequency or leave it out.',
        details: { wantedGhz: minFrequencyGhz, hostMhz: frequencyMhz ?? 'unknown' },
      },
    ),
  ];
}

function unmetManufacturer({ manufacturer }: Spec, { dmi }: HostFacts): readonly Obstacle[] {
  if (manufacturer === null || dmi.manufacturer?.toLowerCase() === manufacturer.toLowerCase()) return [];
  return [
    obstacle(
      'manufacturer-other',
      'misc.manufacturer',
      `The config wants a machine by ${manufacturer}; this one is by ${dmi.manufacturer ?? 'a maker that it does not tell'}.`,
      { fix: 'Write "Any".', details: { host: dmi.manufacturer ?? 'unknown' } },
    ),
  ];
}

function unmetEcc({ memory }: Spec, host: HostFacts): readonly Obstacle[] {
  if (!memory.requireEcc || host.memory.ecc === true) return [];
  const has = host.memory.ecc === null ? 'the machine does not tell whether it has it' : 'this host has none';
  return [
    obstacle('ecc-missing', 'reqECC', `The config wants memory with ECC; ${has}.`, {
      fix: 'Set reqECC to false: the guest cannot tell the difference.',
    }),
  ];
}
