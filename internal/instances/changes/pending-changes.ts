import { readDomain, type DomainDocument } from '../../xml/domain/read.ts';
import type { XmlElement } from '../../xml/tree.ts';
import { attachmentsOf } from '../attachments/attachments.ts';

/** What a definition says otherwise than what runs: it takes effect at the next start. */
export interface PendingChange {
  /** `vcpus`, `memory_mib`, `volume vdb`, `network-interface MAC`, `host-device ADDRESS`. */
  readonly field: string;
  /** Empty: what runs does not have it. */
  readonly running: string;
  /** Empty: the next start does not have it. */
  readonly configured: string;
}

/** Pure. */
export function pendingChanges(running: XmlElement, definition: XmlElement): readonly PendingChange[] {
  const [runs, next] = [readDomain(running), readDomain(definition)];
  const values: readonly (readonly [string, string, string])[] = [
    ['vcpus', String(runs.vcpus.current), String(next.vcpus.current)],
    ['memory_mib', mib(runs), mib(next)],
    ...attachmentsOf(running, definition).flatMap(({ field, running: has, configured: will }) =>
      has === will ? [] : [[field, has ? 'attached' : '', will ? 'attached' : ''] as const],
    ),
  ];
  return values.flatMap(([field, now, later]) =>
    now === later ? [] : [{ field, running: now, configured: later }],
  );
}

function mib({ currentMemoryKiB }: DomainDocument): string {
  return String(Math.round(currentMemoryKiB / 1024));
}
