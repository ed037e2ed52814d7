import { ProtiumError } from '../../errors/protium-error.ts';
import type { LibvirtClient } from '../../libvirt/client.ts';
import type { DomainRef } from '../../libvirt/objects.ts';
import { describesSameDomain } from '../../xml/domain/compare.ts';
import { setProtiumMetadata } from '../../xml/domain/metadata.ts';
import { parseXml } from '../../xml/parse.ts';
import { readDocumentDigest } from './origin.ts';
import type { PreparedDomain } from './shape.ts';

/**
 * Whether an existing domain is the one that the posted document describes: it carries the document's digest, or, if
 * Protium did not make it, says all that the document says.
 *
 * Compared is the persistent definition: the live one lacks, for one, an optional medium that was not there.
 *
 * @throws ProtiumError `definition-conflict` when it is active and differs: a running VM's definition is not changed
 */
export async function compareWithPosted(
  client: LibvirtClient,
  existing: DomainRef,
  posted: PreparedDomain,
): Promise<'same' | 'different'> {
  const digest = await readDocumentDigest(client, existing);
  if (digest === posted.digest) return 'same';
  const active = !inactiveStates.has((await client.domains.state(existing)).state);
  if (digest !== null && !active) return 'different';
  const comparison = describesSameDomain(
    setProtiumMetadata(parseXml(posted.xml), null),
    parseXml(await client.domains.xml(existing, { inactive: true })),
  );
  if (digest === null && comparison.same) return 'same';
  if (!active) return 'different';
  throw new ProtiumError(
    'definition-conflict',
    `The domain "${existing.name}" is active and was made from another document; its definition is not changed while ` +
      'it is. Shut it down first (virsh shutdown), or give the document another name and uuid.',
    { details: { domain: existing.name, uuid: existing.uuid, differences: comparison.differences } },
  );
}

const inactiveStates: ReadonlySet<string> = new Set(['shutoff', 'crashed', 'nostate']);
