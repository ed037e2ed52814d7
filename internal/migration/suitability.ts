import type { ErrorCode } from '../errors/catalogue.ts';
import { ProtiumError } from '../errors/protium-error.ts';
import type { CpuComparison, DomainState } from '../libvirt/objects.ts';
import { mediaProblems, mediumMoves } from './media-suitability.ts';
import type { Medium, MediumMove } from './media.ts';
import type { MigrationTarget } from './target.ts';

/** What decides whether a VM can move to another host; gathered first. */
export interface MigrationSituation {
  readonly target: Pick<MigrationTarget, 'name' | 'disks'>;
  readonly offline: boolean;
  readonly vm: VmSituation;
  readonly there: TargetSituation;
}

export interface VmSituation {
  readonly name: string;
  readonly state: DomainState;
  readonly persistent: boolean;
  readonly snapshots: readonly string[];
  readonly saved: boolean;
  readonly memoryMib: number;
  readonly media: readonly Medium[];
  /** Names of networks of libvirt. */
  readonly networks: readonly string[];
  /** Bridges and devices of this host that it is tied to otherwise, e.g. `br0`. */
  readonly bridges: readonly string[];
  /** What of this host is passed through to it, for people: `0000:01:00.0`. */
  readonly hostDevices: readonly HostDeviceSituation[];
  /** Its TPM keeps its state in a file of this host. */
  readonly tpm: boolean;
  /** Directories of this host that it has. */
  readonly fileSystems: readonly string[];
  /** The highest CPU of the host that it is tied to; null: to none. */
  readonly highestCpu: number | null;
}

export interface HostDeviceSituation {
  readonly id: string;
  /** The other host has the same kind of device at the same place. */
  readonly there: boolean;
}

export interface TargetSituation {
  /** It is this very host. */
  readonly same: boolean;
  readonly nameTaken: boolean;
  readonly uuidTaken: boolean;
  /** That VMs which run there leave. */
  readonly freeMemoryMib: number;
  readonly cpus: number;
  /** Whether each of the VM's networks is active there; of those that are there. */
  readonly networks: ReadonlyMap<string, boolean>;
  readonly pools: ReadonlyMap<string, PoolSituation>;
  /** null: it could not be compared. */
  readonly cpu: CpuComparison | null;
  /** It has a QEMU for such VMs. */
  readonly emulates: boolean;
}

export interface PoolSituation {
  readonly active: boolean;
  readonly samePath: boolean;
  readonly availableBytes: bigint;
}

export interface MigrationProblem {
  readonly code: ErrorCode;
  /** A sentence. */
  readonly message: string;
}

export interface Suitability {
  /** None: it can move. */
  readonly problems: readonly MigrationProblem[];
  readonly notices: readonly string[];
  readonly moves: readonly MediumMove[];
}

/** Whether a VM can move, with every reason why not. Pure. */
export function suitability(situation: MigrationSituation): Suitability {
  const { vm, there } = situation;
  const problems = [
    ...placeProblems(situation),
    ...stateProblems(situation),
    ...deviceProblems(situation),
    ...hostProblems(situation),
    ...mediaProblems(situation),
  ];
  const notices = [
    ...(!situation.offline && there.cpu === null
      ? [
          'The CPUs of the two hosts could not be compared: libvirt refuses the move itself if they do not fit.',
        ]
      : []),
    ...vm.bridges.map(
      (bridge) => `It is tied to "${bridge}" of this host: there must be the same there, or the move fails.`,
    ),
    ...vm.media.flatMap(({ isFile, place, writable, path }) =>
      isFile && place === null && !writable
        ? [`${path} is in no pool: it must be at the same path there, or the move fails.`]
        : [],
    ),
  ];
  return { problems, notices, moves: mediumMoves(situation) };
}

/**
 * Refuses with every reason; the first one's code counts.
 *
 * @throws ProtiumError
 */
export function requireSuitable({ problems }: Suitability, name: string, target: string): void {
  const [first] = problems;
  if (first === undefined) return;
  const reasons = problems.map(({ message }) => message);
  throw new ProtiumError(first.code, `"${name}" cannot move to "${target}": ${reasons.join(' ')}`, {
    details: { target, reasons },
  });
}

function placeProblems({ target, vm, there }: MigrationSituation): MigrationProblem[] {
  if (there.same) return [problem('argument-invalid', `"${target.name}" is this very host.`)];
  if (there.uuidTaken) {
    return [problem('already-exists', `"${target.name}" has a domain of its uuid already.`)];
  }
  return there.nameTaken
    ? [
        problem(
          'already-exists',
          `"${target.name}" has a domain "${vm.name}" already: rename one of the two.`,
        ),
      ]
    : [];
}

function stateProblems({ offline, vm }: MigrationSituation): MigrationProblem[] {
  const runs = vm.state === 'running' || vm.state === 'blocked';
  const off = vm.state === 'shutoff' || vm.state === 'crashed';
  const stateProblem =
    offline && !off
      ? ['It is not off: stop it first, or move it while it runs (without offline).']
      : !offline && off
        ? ['It is off: start it first, or move it offline.']
        : !offline && !runs
          ? ['It does not run: resume it first.']
          : [];
  return [
    ...stateProblem.map((message) => problem('state-conflict', message)),
    ...(vm.persistent
      ? []
      : [problem('state-conflict', 'libvirt does not keep its definition: it is gone once it ends.')]),
    ...(vm.saved && offline
      ? [problem('state-conflict', 'Its memory is saved, for this host: start it and stop it first.')]
      : []),
    ...(vm.snapshots.length > 0
      ? [problem('state-conflict', `It has snapshots (${vm.snapshots.join(', ')}): delete them first.`)]
      : []),
  ];
}

function deviceProblems({ target, offline, vm }: MigrationSituation): MigrationProblem[] {
  const ids = vm.hostDevices.map(({ id }) => id).join(', ');
  const missing = vm.hostDevices.filter(({ there }) => !there).map(({ id }) => id);
  return [
    ...(!offline && vm.hostDevices.length > 0
      ? [
          problem(
            'host-incapable',
            `It has devices of this host (${ids}), which cannot be moved while they run. ` +
              'Stop it and move it offline (offline: true, --offline), or detach them.',
          ),
        ]
      : []),
    ...(offline && missing.length > 0
      ? [
          problem(
            'host-incapable',
            `"${target.name}" does not have the same devices at the same places (${missing.join(', ')}): detach them first.`,
          ),
        ]
      : []),
    ...(offline && vm.tpm
      ? [
          problem(
            'host-incapable',
            'The state of its TPM goes with it only while it runs: move it without offline.',
          ),
        ]
      : []),
    ...(vm.fileSystems.length > 0
      ? [problem('host-incapable', `It has directories of this host (${vm.fileSystems.join(', ')}).`)]
      : []),
  ];
}

function hostProblems({ target, offline, vm, there }: MigrationSituation): MigrationProblem[] {
  const quoted = `"${target.name}"`;
  return [
    ...(there.emulates
      ? []
      : [problem('host-incapable', `${quoted} has no QEMU for such VMs, or none of this machine type.`)]),
    ...(!offline && there.cpu === 'incompatible'
      ? [
          problem(
            'host-incapable',
            `The CPU of ${quoted} lacks what its guest was given. Stop it and move it offline.`,
          ),
        ]
      : []),
    ...(!offline && there.freeMemoryMib < vm.memoryMib
      ? [
          problem(
            'host-incapable',
            `It has ${vm.memoryMib} MiB of memory, and the VMs of ${quoted} leave ${there.freeMemoryMib} MiB.`,
          ),
        ]
      : []),
    ...(vm.highestCpu !== null && vm.highestCpu >= there.cpus
      ? [
          problem(
            'host-incapable',
            `It is tied to CPU ${vm.highestCpu}, and ${quoted} has ${there.cpus} CPUs, counted from 0.`,
          ),
        ]
      : []),
    ...vm.networks.flatMap((network) => {
      const active = there.networks.get(network);
      if (active === undefined) {
        return [
          problem('host-incapable', `${quoted} has no network "${network}": make one of that name there.`),
        ];
      }
      return active || offline
        ? []
        : [problem('host-incapable', `The network "${network}" of ${quoted} is not active: start it there.`)];
    }),
  ];
}

function problem(code: ErrorCode, message: string): MigrationProblem {
  return { code, message };
}
