import { stringify } from 'yaml';
import type { Analysis, Found } from '../analysis.ts';
import { architectureOf } from '../../host/architecture.ts';
import type { Architecture, JsonValue } from '../../spec/spec.ts';
import { chooseImage, type ImageDecision, type ImageOnOffer } from './choose-image.ts';
import type { Expected } from './guest-findings.ts';
import { matchDevices, type DeviceClass, type DeviceMatch } from './match-devices.ts';

/** What the user says, which counts before what was found. */
export interface Choices {
  readonly name: string;
  /** For a person: what was analysed. */
  readonly source: string;
  /** vCPUs; null: as found. */
  readonly slots: number | null;
  readonly memoryMib: number | null;
  readonly diskBytes: number | null;
  /** Name or id; null: the best there is. */
  readonly image: string | null;
  /** `10de:2489`, `none`; null: the best there is. */
  readonly deviceClass: string | null;
  /** null: the default one. */
  readonly network: string | null;
  /** null: the image's own. */
  readonly user: string | null;
  readonly sshKeys: readonly string[];
  /** A git repository that the guest clones at its first boot; null: none. */
  readonly putRepo: string | null;
  /** An address of the host's pool is to lead to it. */
  readonly floatingAddress: boolean;
  /** It is looked at before it is said to be ready. */
  readonly healthCheck: boolean;
  /** null: now. */
  readonly start: number | null;
  readonly durationMs: number | null;
}

export interface HostOnOffer {
  readonly threads: number;
  readonly memoryMib: number;
  /** Elemento's name: `X86_64`. */
  readonly arch: Architecture;
  readonly devices: readonly DeviceClass[];
  /** Why no floating address can be had; null: one can. */
  readonly floatingProblem: string | null;
}

/** One thing that is asked of the machine. */
export interface AskedValue {
  readonly name: string;
  readonly value: string;
  readonly confidence: number;
  /** `README.md:12`, `default`, `user`. */
  readonly from: string;
}

/** What would be done. Plain JSON: it is kept. */
export interface ProvisionPlan {
  readonly name: string;
  readonly source: string;
  readonly asked: readonly AskedValue[];
  readonly devices: DeviceMatch;
  readonly image: ImageDecision;
  /** As POST /v1/instances takes it. */
  readonly config: Readonly<Record<string, JsonValue>>;
  readonly floatingAddress: boolean;
  /** What the guest is to have, where it is looked at before it is ready; null: it is not. */
  readonly expected: Expected | null;
  /** It is to start as soon as it is booked; `start` is then when that would be. */
  readonly atOnce: boolean;
  readonly start: number;
  readonly end: number;
  /** In the order of doing. */
  readonly steps: readonly string[];
  /** Empty: it can be done. Each says what is in the way, and what would be possible. */
  readonly refusals: readonly string[];
  readonly notes: readonly string[];
}

/** Where neither the analysis nor the user says it. */
const defaults = { slots: 2, memoryGb: 4, diskGb: 20, durationMs: 24 * 3_600_000 } as const;
const gibibyte = 2 ** 30;
/** With how many VMs its cores may be shared, it included. */
const overprovision = 4;

/** What an analysis leads to on this host, with a reason for everything. Pure; whether there is room then is asked later. */
export function planProvision(input: {
  readonly analysis: Analysis;
  readonly choices: Choices;
  readonly host: HostOnOffer;
  readonly images: readonly ImageOnOffer[];
  readonly now: number;
}): ProvisionPlan {
  const { analysis, choices, host, images, now } = input;
  const { facts } = analysis;
  const slots = size('vCPUs', choices.slots, facts.cpu_cores, defaults.slots, '');
  const memory = size(
    'memory',
    choices.memoryMib === null ? null : choices.memoryMib / 1024,
    facts.ram_gb,
    defaults.memoryGb,
    ' GiB',
  );
  const disk = size(
    'disk',
    choices.diskBytes === null ? null : choices.diskBytes / gibibyte,
    facts.disk_gb,
    defaults.diskGb,
    ' GiB',
  );
  const memoryMib = Math.ceil(memory.value * 1024);
  const cpus = Math.max(1, Math.ceil(slots.value));
  const image = chooseImage(facts, images, choices.image);
  const devices = matchDevices(facts, host.devices, choices.deviceClass);
  const diskBytes = Math.max(Math.ceil(disk.value * gibibyte), image.image?.virtualSizeBytes ?? 0);
  const arch = facts.arch?.value;
  const looked = choices.healthCheck && image.image?.os.family !== 'windows';
  const start = choices.start ?? now;
  const length = choices.durationMs ?? defaults.durationMs;
  const refusals = [
    ...(cpus > host.threads
      ? [
          `${cpus} vCPUs are asked for, and the host has ${host.threads}: --slots ${host.threads} would be possible.`,
        ]
      : []),
    ...(memoryMib > host.memoryMib
      ? [
          `${memoryMib} MiB of memory are asked for, and the host has ${host.memoryMib} for VMs: ask for less by --memory.`,
        ]
      : []),
    ...(arch !== undefined && !runsOn(host.arch, arch)
      ? [`It needs ${arch}, and this host is ${host.arch}.`]
      : []),
    ...(choices.floatingAddress && host.floatingProblem !== null
      ? [`No floating address can be had: ${host.floatingProblem} Leave out --floating-address.`]
      : []),
    ...[image.refusal, devices.refusal].flatMap((each) => each ?? []),
  ];
  return {
    name: choices.name,
    source: choices.source,
    asked: [
      slots.asked,
      memory.asked,
      disk.asked,
      asked('GPU', facts.gpu.need),
      ...(facts.gpu.vram_gb_min === undefined ? [] : [asked('GPU memory', facts.gpu.vram_gb_min, ' GB')]),
      ...(facts.gpu.count_min === undefined ? [] : [asked('GPUs', facts.gpu.count_min)]),
      asked('CUDA', facts.cuda.needed),
      asked('system', facts.os.family),
      ...(facts.os.flavour === undefined ? [] : [asked('flavour', facts.os.flavour)]),
      ...(facts.os.version === undefined ? [] : [asked('version', facts.os.version)]),
      {
        name: 'length',
        value: `${length / 3_600_000} h`,
        confidence: choices.durationMs === null ? 0.2 : 1,
        from: choices.durationMs === null ? 'default' : 'user',
      },
    ],
    devices,
    image,
    config: configOf(choices, { cpus, memoryMib, diskBytes, image: image.image, device: devices.device }),
    floatingAddress: choices.floatingAddress,
    expected: looked
      ? {
          vcpus: cpus,
          memoryMib,
          diskBytes,
          cardClass: devices.device?.id ?? null,
          cards: devices.device?.count ?? 0,
          repository: choices.putRepo === null ? null : placeOf(choices.putRepo),
        }
      : null,
    atOnce: choices.start === null,
    start,
    end: start + length,
    steps: stepsOf({ ...choices, healthCheck: looked }, image, devices, start > now),
    refusals,
    notes: [
      ...analysis.notes,
      ...devices.notes,
      ...image.notes,
      ...(choices.healthCheck && !looked
        ? ['Windows has no ssh of its own: it is ready as soon as it has an address.']
        : []),
      ...(choices.sshKeys.length === 0
        ? ['No key is given: nobody is let in by ssh unless the image does.']
        : []),
    ],
  };
}

function size(
  name: string,
  chosen: number | null,
  found: Found<number> | undefined,
  fallback: number,
  unit: string,
): { readonly value: number; readonly asked: AskedValue } {
  const value = chosen ?? (found === undefined || found.value === 0 ? fallback : found.value);
  const shown = `${Number(value.toFixed(3))}${unit}`;
  if (chosen !== null) return { value, asked: { name, value: shown, confidence: 1, from: 'user' } };
  if (found === undefined || found.value === 0) {
    return { value, asked: { name, value: shown, confidence: 0.2, from: 'default' } };
  }
  return { value, asked: { ...asked(name, found), value: shown } };
}

function asked(name: string, { value, confidence, evidence }: Found<unknown>, unit = ''): AskedValue {
  const [first] = evidence;
  const from = first === undefined ? 'default' : `${first.file}:${first.line}`;
  return { name, value: `${String(value)}${unit}`, confidence, from };
}

function configOf(
  { name, source, network, user, sshKeys, putRepo }: Choices,
  parts: {
    readonly cpus: number;
    readonly memoryMib: number;
    readonly diskBytes: number;
    readonly image: ImageOnOffer | null;
    readonly device: DeviceMatch['device'];
  },
): Readonly<Record<string, JsonValue>> {
  const { cpus, memoryMib, diskBytes, image, device } = parts;
  const [vendor = '', model = ''] = device?.id.split(':') ?? [];
  return {
    info: { vm_name: name, description: `Provisioned for ${source}`.slice(0, 1000) },
    cpu: { slots: cpus, allowSMT: true, overprovision },
    ram: { ramsize: memoryMib },
    pci: device === null ? [] : [{ vendor, model, quantity: device.count }],
    volumes: [{ size: diskBytes, format: 'qcow2', ...(image === null ? {} : { image: image.id }) }],
    ...(network === null ? {} : { networks: [{ network_uid: network }] }),
    ...(sshKeys.length === 0 && user === null
      ? {}
      : { authentication: { ...(user === null ? {} : { username: user }), 'ssh-key': [...sshKeys] } }),
    ...(putRepo === null ? {} : { cloudinit: cloneAtFirstBoot(putRepo) }),
  };
}

/** What the guest does at its first boot; the URL is an argument there, never a part of a command line. */
function cloneAtFirstBoot(url: string): string {
  const command = ['git', 'clone', '--depth', '1', '--no-recurse-submodules', '--', url, placeOf(url)];
  return `#cloud-config\n${stringify({ packages: ['git'], runcmd: [command] })}`;
}

/** Where the guest clones it to. */
function placeOf(url: string): string {
  const directory = /([^/]+?)(?:\.git)?\/*$/.exec(url)?.[1]?.replaceAll(/[^A-Za-z0-9._-]/g, '-') ?? '';
  return `/srv/${/^\.*$/.test(directory) ? 'repository' : directory}`;
}

function stepsOf(
  { name, putRepo, floatingAddress, healthCheck }: Choices,
  { image }: ImageDecision,
  { device }: DeviceMatch,
  later: boolean,
): readonly string[] {
  return [
    `book the lease "${name}"${device === null ? '' : ` with ${device.count} × ${device.name}`}`,
    later ? 'wait until it starts' : 'start it at once',
    `make the disk of ${image?.name ?? 'the image'}, and start the VM`,
    'wait for its address',
    ...(floatingAddress ? ['bind a floating address'] : []),
    ...(putRepo === null ? [] : [`the guest clones ${putRepo} at its first boot`]),
    ...(healthCheck ? ['wait for ssh and cloud-init, and look at what the guest has'] : []),
    'tell how to log in',
  ];
}

/** Whether a host of Elemento's name of an architecture has guests of this one; x86 hosts have those of 32 bits too. */
function runsOn(host: Architecture, arch: string): boolean {
  if (arch === 'i386') return host === 'X86_32' || host === 'X86_64';
  return architectureOf(arch) === host;
}
