import { ProtiumError } from '../../errors/protium-error.ts';
import { readDomain, type DomainDocument } from '../../xml/domain/read.ts';
import { guestAgentChannel } from '../../xml/domain/devices/character.ts';
import type { Disk } from '../../xml/domain/devices/disk.ts';
import type { XmlElement } from '../../xml/tree.ts';

export type SnapshotKind = 'internal' | 'external';

export interface SnapshotWish {
  /** With the memory of a VM that runs. */
  readonly memory: boolean;
  /** Have the guest write out its file systems first. */
  readonly quiesce: boolean;
}

/** How a snapshot is to be made. */
export interface SnapshotChoice {
  readonly kind: SnapshotKind;
  /** With its memory; only of one that runs. */
  readonly memory: boolean;
  readonly quiesce: boolean;
  /** What it holds: disks that the guest writes on, in files. */
  readonly disks: readonly {
    readonly target: string;
    readonly path: string;
    readonly format: 'qcow2' | 'raw';
  }[];
  /** Drives and disks that the guest only reads. */
  readonly leftOut: readonly string[];
  readonly notices: readonly string[];
}

/**
 * Decides how an instance is snapshotted. Within the disks where they can hold it (all are qcow2, the firmware is BIOS), since
 * libvirt brings such a snapshot back by itself; else by a layer on each disk. A VM that runs can be held within its disks
 * only together with its memory. Pure.
 *
 * @param domain as it runs, or its definition while it is off
 * @param others the kinds of the snapshots that there are
 * @throws ProtiumError `state-conflict`, `host-incapable`, `argument-invalid`
 */
export function chooseSnapshot(
  domain: XmlElement,
  { active, others }: { readonly active: boolean; readonly others: readonly SnapshotKind[] },
  wish: SnapshotWish,
): SnapshotChoice {
  const document = readDomain(domain);
  const written = document.disks.filter(({ readOnly, device }) => !readOnly && device !== 'floppy');
  const disks = written.map(fileOf);
  if (disks.length === 0) {
    throw new ProtiumError('state-conflict', 'It has no disk that it writes on: there is nothing to keep.');
  }
  if (!active && (wish.memory || wish.quiesce)) {
    throw new ProtiumError(
      'argument-invalid',
      'It is off: it has no memory to keep, and no guest to prepare.',
      {
        details: { field: wish.memory ? 'memory' : 'quiesce' },
      },
    );
  }
  if (wish.memory && wish.quiesce) {
    throw new ProtiumError(
      'argument-invalid',
      'With its memory a guest need not write out its file systems.',
      {
        details: { field: 'quiesce' },
      },
    );
  }
  const against = againstInternal(document, disks);
  // One VM has one kind: where there are layers already, another one does as well.
  const layered = others.includes('external') && !wish.memory;
  const kind = against === null && (!active || wish.memory) && !layered ? 'internal' : 'external';
  if (wish.memory) requireMemory(document, against);
  if (wish.quiesce) requireAgent(document);
  const other = others.find((each) => each !== kind);
  if (other !== undefined) throw mixed(kind, other, active);
  const leftOut = document.disks.filter((disk) => !written.includes(disk)).map(({ target }) => target);
  return {
    kind,
    memory: wish.memory,
    quiesce: wish.quiesce,
    disks,
    leftOut,
    notices: noticesOf(document, kind, active, wish),
  };
}

function fileOf({ source, target, format, element }: Disk): SnapshotChoice['disks'][number] {
  if (source?.type !== 'file') {
    throw new ProtiumError(
      'host-incapable',
      `The disk ${target} is no file: only files can be snapshotted. Detach it first, or use what its storage offers.`,
      { details: { disk: target } },
    );
  }
  if (element.children.some((node) => node.kind === 'element' && node.name === 'shareable')) {
    throw new ProtiumError(
      'host-incapable',
      `The disk ${target} is shared with other VMs: what they write cannot be held back. Detach it first.`,
      { details: { disk: target } },
    );
  }
  return { target, path: source.path, format: format === 'qcow2' ? 'qcow2' : 'raw' };
}

/** Why it cannot be kept within the disks; null: it can. */
function againstInternal(document: DomainDocument, disks: SnapshotChoice['disks']): string | null {
  const raw = disks.filter(({ format }) => format !== 'qcow2').map(({ target }) => target);
  if (raw.length > 0) return `${raw.join(', ')} ${raw.length === 1 ? 'is' : 'are'} not qcow2`;
  // QEMU cannot save within its disks what UEFI keeps in its own variables.
  return isUefi(document) ? 'it boots by UEFI' : null;
}

function isUefi({ os }: DomainDocument): boolean {
  return os.firmware === 'efi' || os.loader?.type === 'pflash' || os.nvram !== null;
}

function requireMemory({ hostDevices, interfaces }: DomainDocument, against: string | null): void {
  const devices = [
    ...hostDevices.flatMap((device) => (device.type === 'pci' ? device.address : device.type)),
    ...interfaces.flatMap(({ pciAddress }) => pciAddress ?? []),
  ];
  if (devices.length > 0) {
    throw new ProtiumError(
      'state-conflict',
      `It has host devices (${devices.join(', ')}), and what is in them cannot be kept: take the snapshot without memory, or while the VM is off.`,
      { details: { devices } },
    );
  }
  if (against !== null) {
    throw new ProtiumError(
      'host-incapable',
      `The memory can be kept only within the disks, and these cannot hold it: ${against}. Take the snapshot without memory.`,
      { details: { why: against } },
    );
  }
}

function requireAgent({ channels }: DomainDocument): void {
  const agent = channels.find(({ targetName }) => targetName === guestAgentChannel);
  if (agent?.connected === true) return;
  throw new ProtiumError(
    'state-conflict',
    `${agent === undefined ? 'It has no channel for qemu-guest-agent' : 'qemu-guest-agent does not run in its guest'}, which would write out its file systems: take the snapshot without that.`,
  );
}

function mixed(kind: SnapshotKind, other: SnapshotKind, active: boolean): ProtiumError {
  const words = { internal: 'within its disks', external: 'by layers on its disks' };
  const instead =
    active && other === 'internal' ? ' Or take this one with memory, or while the VM is off.' : '';
  return new ProtiumError(
    'state-conflict',
    `This snapshot would be kept ${words[kind]}, and the VM has some that are kept ${words[other]}: one VM has one kind. Delete those first.${instead}`,
    { details: { kind, others: other } },
  );
}

function noticesOf(
  document: DomainDocument,
  kind: SnapshotKind,
  active: boolean,
  wish: SnapshotWish,
): readonly string[] {
  return [
    ...(active && !wish.memory && !wish.quiesce
      ? [
          'Its disks are kept as after a power failure: what the guest had not written yet is not in the snapshot.',
        ]
      : []),
    ...(kind === 'external' && isUefi(document)
      ? ['What UEFI keeps in its variables is not in the snapshot.']
      : []),
    ...(document.tpms.length > 0 && !wish.memory ? ['What its TPM keeps is not in the snapshot.'] : []),
  ];
}
