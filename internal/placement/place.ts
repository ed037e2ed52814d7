import { guestProfile } from '../guests/guest-profile.ts';
import type { CoreFacts } from '../host/facts.ts';
import { coreLoads, mayJoin, type CoreLoad } from './core-load.ts';
import { coreWarnings, cpuPlan, slotsOn, vcpusWanted } from './cores.ts';
import { chooseDevices } from './device-choice.ts';
import { deviceStanding, freeCards, type DeviceStanding } from './device-standing.ts';
import type { UnitMember } from './device-units.ts';
import { chooseFirmware, unmetByGuest } from './firmware.ts';
import { guestCells } from './guest-cells.ts';
import { planGuestSetup } from './guest-setup.ts';
import { guestSlots } from './guest-slots.ts';
import { unmetRequirements } from './host-requirements.ts';
import { memoryNeed, memoryObstacles, memoryStanding, roomOfNodes } from './memory.ts';
import { chooseNetworks } from './networks.ts';
import { chooseNodes, nodeRooms, type NodeChoice } from './nodes.ts';
import { deviceOutlooks } from './outlook.ts';
import type { PlacementAnswer, PlacementInput, Plan, VolumeOffer } from './plan.ts';
import { lasts, obstacle, type Obstacle } from './refusal.ts';
import { guestSystem } from './system.ts';
import { chooseVolumes } from './volumes.ts';

/**
 * Decides what of the host the VM gets, or names every reason why it cannot have it. Pure: the same input gives the same
 * answer, in whatever order the claims are.
 */
export function planPlacement(input: PlacementInput): PlacementAnswer {
  const attempt = tryPlacement(input);
  const devices = deviceOutlooks(input.host, attempt.standing, attempt.members);
  if (attempt.plan !== null) return { ok: true, plan: attempt.plan, devices };
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
    devices,
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
  readonly standing: DeviceStanding;
  /** Devices that it would get. */
  readonly members: readonly UnitMember[];
}

/** @param useCounts whether what the host itself uses at the moment stands in the way: memory, devices */
function tryPlacement(input: PlacementInput, useCounts = true): Attempt {
  const { host, claims, policy } = input;
  const system = guestSystem(input.spec, input.images);
  const spec = { ...input.spec, os: system };
  const profile = guestProfile(spec);
  const standing = deviceStanding(host, claims, input.conditions, useCounts);
  const networks = chooseNetworks(spec, input.networks);
  const volumes = chooseVolumes(input, profile);
  const firmware = chooseFirmware(spec, host, profile);
  const memory = memoryStanding(host, claims, policy, useCounts);
  const need = memoryNeed(spec, memory, policy);
  const room = roomOfNodes(need, memory, host);
  const vcpus = vcpusWanted(spec, host);
  const loads = coreLoads(host, claims);
  const wantedMib = need.hugepages === null ? need.ordinaryMib : need.mib;
  const rooms = nodeRooms(spec, host, loads, wantedMib, room, freeCards(host, standing));
  const devices = chooseDevices(spec, host, standing, rooms);
  const deviceNodes = [
    ...(input.held?.deviceNodes ?? []),
    ...devices.members.flatMap(({ device }) => device.numaNode ?? []),
  ];
  const held = new Set(input.held?.cores);
  const nodes = chooseNodes(spec, host, loads, rooms, wantedMib, deviceNodes, held);
  const obstacles = [
    ...unmetRequirements(spec, host),
    ...unmetByGuest(spec, vcpus, profile),
    ...(nodes === null ? [coreObstacle(input, loads)] : []),
    ...vcpuObstacles(vcpus, host.hypervisor.maxVcpus),
    ...memoryObstacles(need, memory),
    ...devices.obstacles,
    ...networks.obstacles,
    ...volumes.obstacles,
    ...firmware.obstacles,
  ];
  const { members } = devices;
  if (nodes === null || obstacles.length > 0) return { plan: null, obstacles, standing, members };
  const guestSetup = planGuestSetup(spec, system, profile, policy);
  const cpu = cpuPlan(spec, nodes.cores);
  const plan: Plan = {
    domainType: host.hypervisor.domainType,
    cpu,
    memory: {
      mib: need.mib,
      overheadMib: policy.overheadMib,
      pinned: members.length > 0,
      hugepages: need.hugepages,
      nodes: nodes.nodes,
      cells: guestCells(host, cpu, need, nodes.nodes, room),
    },
    pci: guestSlots(members),
    networks: networks.networks,
    volumes: volumes.volumes,
    system,
    firmware: firmware.firmware,
    tpm: firmware.tpm,
    seed: guestSetup.seed,
    warnings: [
      ...platformWarnings(input, nodes),
      ...coreWarnings(spec, cpu, nodes.cores),
      ...devices.warnings,
      ...volumes.warnings,
      ...firmware.warnings,
      ...guestSetup.warnings,
    ],
  };
  return { plan, obstacles, standing, members };
}

function coreObstacle({ spec, host }: PlacementInput, loads: ReadonlyMap<number, CoreLoad>): Obstacle {
  const { slots, allowSmt, overprovision } = spec.cpu;
  const unit = allowSmt ? 'threads' : 'cores';
  const count = (cores: readonly CoreFacts[]): number =>
    cores.reduce((sum, core) => sum + slotsOn(spec, core), 0);
  const total = count(host.cpu.cores);
  if (slots > total) {
    return obstacle(
      'cores-insufficient',
      'slots',
      `The config wants ${slots} ${unit}; this host has ${total} ${unit}.`,
      {
        fix: allowSmt
          ? 'Ask for fewer slots.'
          : 'Ask for fewer slots, or set allowSMT to true to count threads.',
        details: { wanted: slots, installed: total },
      },
    );
  }
  const joinable = count(
    host.cpu.cores.filter(({ id }) => {
      const load = loads.get(id);
      return load !== undefined && mayJoin(load, overprovision);
    }),
  );
  const holders = [...new Set([...loads.values()].flatMap((load) => load.holders))].sort();
  return obstacle(
    'cores-taken',
    'slots',
    `The config wants ${slots} ${unit}, shared by at most ${overprovision} VMs each; ${joinable} of ${total} ${unit} can be had. ` +
      `VMs on the cores: ${shortList(holders)}.`,
    {
      fix: 'Ask for fewer slots, raise overprovision where the others allow it too, or wait until a VM is gone.',
      details: { wanted: slots, available: joinable, holders: holders.slice(0, listed) },
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
