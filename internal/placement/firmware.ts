import type { GuestProfile } from '../guests/profile.ts';
import type { HostFacts } from '../host/facts.ts';
import type { Spec } from '../spec/spec.ts';
import type { Plan } from './plan.ts';
import { obstacle, type Obstacle } from './refusal.ts';

export interface FirmwareChoice {
  readonly firmware: Plan['firmware'];
  readonly tpm: boolean;
  readonly obstacles: readonly Obstacle[];
  readonly warnings: readonly string[];
}

/**
 * The firmware and the TPM: the spec's word, else what suits the guest. What the guest only prefers is left out, with a
 * warning, where the host has it not; what the spec or the guest insists on is refused.
 */
export function chooseFirmware(spec: Spec, { hypervisor }: HostFacts, profile: GuestProfile): FirmwareChoice {
  const obstacles: Obstacle[] = [];
  const warnings: string[] = [];
  const install = 'Install ovmf (Debian, Ubuntu) or edk2-ovmf (Fedora).';
  const type = spec.firmware ?? (spec.tuning.secureBoot === true ? 'uefi' : profile.firmware);
  if (type === 'uefi' && !hypervisor.uefi) {
    obstacles.push(
      obstacle(
        'firmware-missing',
        'firmware',
        'The guest boots by UEFI; libvirt finds no such firmware here.',
        { fix: install },
      ),
    );
  }
  const asked = spec.tuning.secureBoot;
  let secureBoot = type === 'uefi' && (asked ?? profile.secureBoot);
  if (type === 'bios' && (asked ?? profile.required.secureBoot)) {
    obstacles.push(
      obstacle('firmware-missing', 'firmware', 'The guest needs secure boot, which BIOS cannot give.', {
        fix: 'Leave firmware out, or write "uefi".',
      }),
    );
  }
  if (secureBoot && hypervisor.uefi && !hypervisor.secureBoot) {
    if (asked ?? profile.required.secureBoot) {
      const message = 'The guest needs secure boot; libvirt finds no UEFI firmware with it here.';
      obstacles.push(obstacle('firmware-missing', 'firmware', message, { fix: install }));
    } else {
      secureBoot = false;
      warnings.push('Secure boot is left out: this host has no firmware for it.');
    }
  }
  let tpm = spec.tuning.tpm ?? profile.tpm;
  if (tpm && !hypervisor.tpm) {
    if (spec.tuning.tpm ?? profile.required.tpm) {
      const message = 'The guest needs a TPM 2.0; this host has no TPM emulator.';
      obstacles.push(
        obstacle('tpm-missing', 'tpm', message, {
          fix: 'Install swtpm and swtpm-tools, then restart libvirtd.',
        }),
      );
    } else {
      tpm = false;
      warnings.push('The TPM is left out: this host has no TPM emulator.');
    }
  }
  return { firmware: type === 'bios' ? { type } : { type, secureBoot }, tpm, obstacles, warnings };
}

/** What the guest's system itself demands of the config. */
export function unmetByGuest(spec: Spec, vcpus: number, profile: GuestProfile): readonly Obstacle[] {
  if (spec.os.family === 'macos') {
    return [
      obstacle(
        'os-unsupported',
        'os_family',
        'macOS guests need Apple hardware and a boot loader that Protium does not have.',
        {
          fix: 'Use linux, windows or bsd.',
        },
      ),
    ];
  }
  const name = spec.os.flavour ?? spec.os.family;
  const memory =
    spec.memory.mib >= profile.minMemoryMib
      ? []
      : [
          obstacle(
            'memory-below-minimum',
            'ramsize',
            `${name} needs at least ${profile.minMemoryMib} MiB; the config gives ${spec.memory.mib}.`,
            {
              fix: `Set ramsize to ${profile.minMemoryMib} or more.`,
              details: { minimumMib: profile.minMemoryMib },
            },
          ),
        ];
  const cpus =
    vcpus >= profile.minVcpus
      ? []
      : [
          obstacle(
            'vcpus-below-minimum',
            'slots',
            `${name} needs at least ${profile.minVcpus} vCPUs; the config gives ${vcpus}.`,
            {
              fix: `Set slots to ${profile.minVcpus} or more.`,
              details: { minimum: profile.minVcpus },
            },
          ),
        ];
  return [...memory, ...cpus];
}
