import { ProtiumError } from '../../errors/protium-error.ts';
import { readDomain } from '../../xml/domain/read.ts';
import type { XmlElement } from '../../xml/tree.ts';
import { attachmentsOf } from '../attachments/attachments.ts';

/**
 * A snapshot brings back disks and memory, not what the VM has of the host: that was given to others meanwhile, or taken. So
 * both must have the same. Pure.
 *
 * @throws ProtiumError `state-conflict`
 */
export function requireSameShape(snapshot: XmlElement, definition: XmlElement): void {
  const [then, now] = [shapeOf(snapshot), shapeOf(definition)];
  const differing = Object.keys(then).filter((key) => then[key] !== now[key]);
  if (differing.length === 0) return;
  const words = differing.map((key) => `${key} ${then[key] ?? ''} (now ${now[key] ?? ''})`);
  throw new ProtiumError(
    'state-conflict',
    `The VM has changed since the snapshot, which has ${words.join(', ')}: give it what it had first (resize, attach, detach).`,
    { details: { differing } },
  );
}

function shapeOf(domain: XmlElement): Readonly<Record<string, string>> {
  const { memoryKiB, vcpus } = readDomain(domain);
  const plugged = attachmentsOf(null, domain);
  const ids = (kind: string): string =>
    plugged
      .filter((each) => each.kind === kind)
      .map(({ id }) => id)
      .sort()
      .join(' ') || 'none';
  return {
    vcpus: String(vcpus.maximum),
    'memory KiB': String(memoryKiB),
    disks: ids('volume'),
    'network interfaces': ids('network-interface'),
    'host devices': ids('host-device'),
  };
}
