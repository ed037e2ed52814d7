import { guestProfile } from '../guests/guest-profile.ts';
import { coreLoads, type CoreLoad } from './core-load.ts';
import { coresWanted, cpuPlan, vcpusWanted } from './cores.ts';
import { chooseDevices } from './device-choice.ts';
import { deviceStanding } from './device-standing.ts';
import { chooseFirmware, unmetByGuest } from './firmware.ts';
import { guestCells } from './guest-cells.ts';
import { planGuestSetup } from './guest-setup.ts';
import { guestSlots } from './guest-slots.ts';
import { unmetRequirements } from './host-requirements.ts';
import { memoryNeed, memoryObstacles, memoryStanding } from './memory.ts';
import { chooseNetworks } from './networks.ts';
import { chooseNodes, roomyNodes, type NodeChoice, type NodeWish } from './nodes.ts';
import { deviceOutlooks } from './outlook.ts';
import type { PlacementAnswer, PlacementInput, Plan, VolumeOffer } from './plan.ts';
import { lasts, obstacle, type Obstacle } from './refusal.ts';
import { chooseVolumes } from './volumes.ts';

/**
 * Decides what of the host the VM gets, or names every reason why it cannot have it. Pure: the same input gives the same
 * answer, in whatever order the claims are.
 */
export function planPlacement(input: PlacementInput): PlacementAnswer {
  const attempt = tryPlacement(input);
  if (attempt.plan !== null) return { ok: true, plan: attempt.plan, devices: attempt.devices };
  // What would stand in the way on a host where nothing is taken or used, too, lasts.
  const idle = tryPlacement(
    { ...input, claims: noClaims, volumes: input.volumes.map(unused) },
    false,
  ).obstacles;
  const reasons = attempt.obstacles.map((reason) => ({ ...reason, temporary: !lasts(reason, idle) }));
  const hidden = idle.filter((reason) => !lasts(reason, attempt.obstacles));
  return {
    ok: false,
    refusal: { reasons: [...reasons, ...hidden.map((reason) => ({ ...reason, temporary: false }))] },
    devices: attempt.devices,
  };
}

const noClaims: PlacementInput['claims'] = [];

function unused(volume: VolumeOffer): VolumeOffer {
  return { ...volume, usedBy: [] };
}

interface Attempt {
  /** null: there are obstacles. */
  readonly plan: Plan | null;
  readonly obstacles: readonly Obstacle[];
  readonly devices: PlacementAnswer['devices'];
}

/** @param useCounts whether what processes of the host use at the moment stands in the way */
function tryPlacement(input: PlacementInput, useCounts = true): Attempt {
  const { spec, host, claims, policy } = input;
  const profile = guestProfile(spec);
  const standing = deviceStanding(host, claims, input.conditions, useCounts);
  const networks = chooseNetworks(spec, input.networks);
  const volumes = chooseVolumes(spec, input.volumes, profile, policy);
  const firmware = chooseFirmware(spec, host, profile);
  const memory = memoryStanding(host, claims, policy);
  const need = memoryNeed(spec, memory, policy);
  const vcpus = vcpusWanted(spec, host);
  const loads = coreLoads(host, claims);
  const wish = {
    cores: coresWanted(spec, host),
    overprovision: spec.cpu.overprovision,
    pinned: !spec.cpu.allowSmt,
    memoryMib: need.ordinaryMib,
  };
  const devices = chooseDevices(spec, host, standing, roomyNodes(wish, host, loads, memory.freeOfNode));
  const deviceNodes = devices.members.flatMap(({ device }) => device.numaNode ?? []);
  const nodes = chooseNodes({ ...wish, deviceNodes }, host, loads, memory.freeOfNode);
  const obstacles = [
    ...unmetRequirements(spec, host),
    ...unmetByGuest(spec, vcpus, profile),
    ...(nodes === null ? [coreObstacle(input, wish, loads)] : []),
    ...vcpuObstacles(vcpus, host.hypervisor.maxVcpus),
    ...memoryObstacles(need, memory),
    ...devices.obstacles,
    ...networks.obstacles,
    ...volumes.obstacles,
    ...firmware.obstacles,
  ];
  const outlooks = deviceOutlooks(host, standing, devices.members);
  if (nodes === null || obstacles.length > 0) return { plan: null, obstacles, devices: outlooks };
  const guestSetup = planGuestSetup(spec, profile, policy);
  const cpu = cpuPlan(spec, host, nodes.cores);
  const plan: Plan = {
    domainType: host.hypervisor.domainType,
    cpu,
    memory: {
      mib: need.mib,
      overheadMib: policy.overheadMib,
      pinned: devices.members.length > 0,
      hugepages: need.hugepages,
      nodes: nodes.nodes,
      cells: guestCells(host, cpu, need, nodes.nodes, memory),
    },
    pci: guestSlots(devices.members),
    networks: networks.networks,
    volumes: volumes.volumes,
    firmware: firmware.firmware,
    tpm: firmware.tpm,
    seed: guestSetup.seed,
    warnings: [
      ...platformWarnings(input, nodes),
      ...devices.warnings,
      ...volumes.warnings,
      ...firmware.warnings,
      ...guestSetup.warnings,
    ],
  };
  return { plan, obstacles, devices: outlooks };
}

function coreObstacle(
  { spec, host }: PlacementInput,
  wish: Pick<NodeWish, 'cores' | 'overprovision'>,
  loads: ReadonlyMap<number, CoreLoad>,
): Obstacle {
  const total = host.cpu.cores.length;
  const slots = spec.cpu.allowSmt
    ? `${spec.cpu.slots} threads on ${wish.cores} cores`
    : `${wish.cores} cores`;
  if (wish.cores > total) {
    return obstacle(
      'cores-insufficient',
      'slots',
      `The config wants ${slots}; this host has ${total} cores.`,
      {
        fix: spec.cpu.allowSmt
          ? 'Ask for fewer slots.'
          : 'Ask for fewer slots, or set allowSMT to true to count threads.',
        details: { wanted: wish.cores, installed: total },
      },
    );
  }
  const joinable = [...loads.values()].filter(
    ({ count, limit }) => count + 1 <= Math.min(limit, wish.overprovision),
  ).length;
  const holders = [...new Set([...loads.values()].flatMap((load) => load.holders))].sort();
  return obstacle(
    'cores-taken',
    'slots',
    `The config wants ${slots}, shared by at most ${wish.overprovision} VMs each; ${joinable} of ${total} cores can be had. ` +
      `VMs on the cores: ${shortList(holders)}.`,
    {
      fix: 'Ask for fewer slots, raise overprovision where the others allow it too, or wait until a VM is gone.',
      details: { wanted: wish.cores, available: joinable, holders: holders.slice(0, listed) },
    },
  );
}

const listed = 20;

function shortList(names: readonly string[]): string {
  const more = names.length - listed;
  return more > 0 ? `${names.slice(0, listed).join(', ')} and ${more} more` : names.join(', ');
}

function vcpuObstacles(vcpus: number, maxVcpus: number | null): readonly Obstacle[] {
  if (maxVcpus === null || vcpus <= maxVcpus) return [];
  return [
    obstacle(
      'vcpus-too-many',
      'slots',
      `The VM would have ${vcpus} vCPUs; QEMU's machine takes ${maxVcpus} here.`,
      {
        fix: 'Ask for fewer slots.',
        details: { vcpus, maxVcpus },
      },
    ),
  ];
}

function platformWarnings({ spec, host, claims }: PlacementInput, { nodes }: NodeChoice): readonly string[] {
  const warnings: string[] = [];
  if (host.hypervisor.domainType === 'qemu') {
    warnings.push('This host offers no KVM: the VM is emulated in software, which is many times slower.');
  }
  if (host.numaNodes.length > 1 && nodes.length !== 1) {
    warnings.push(
      nodes.length === 0
        ? 'No NUMA node has enough memory left: it comes from anywhere, so some of it is far from the cores.'
        : `The VM spans the NUMA nodes ${nodes.join(', ')}: some of its memory is far from some of its cores.`,
    );
  }
  const floating = claims.filter(({ kind, cores }) => kind === 'foreign' && cores.length === 0);
  if (spec.cpu.overprovision === 1 && floating.length > 0) {
    const names = shortList(floating.map(({ name }) => name).sort());
    warnings.push(
      `Domains that Protium did not make are not bound to cores and may run on those of this VM: ${names}.`,
    );
  }
  return warnings;
}
