import { ProtiumError } from '../../errors/protium-error.ts';
import type { LibvirtClient } from '../../libvirt/client.ts';
import type { DomainRef } from '../../libvirt/objects.ts';
import { protiumMetadata } from '../../xml/domain/metadata.ts';
import { parseXml } from '../../xml/parse.ts';
import type { XmlElement } from '../../xml/tree.ts';
import { readInstanceMetadata, type InstanceRecord } from '../documents/metadata.ts';
import { existingDomain } from '../lifecycle/find-domain.ts';

/** An instance as libvirt has it at this moment, whoever changed it last. */
export interface CurrentInstance {
  readonly domain: DomainRef;
  /** What the next start uses. It may hold passwords: it is to be defined again, never journalled or shown. */
  readonly definition: XmlElement;
  /** As it runs; null: it is off. */
  readonly running: XmlElement | null;
  readonly record: InstanceRecord;
}

/** Rejects with ProtiumError `not-found`, also for a domain that is no instance (any more). */
export async function currentInstance(client: LibvirtClient, uuid: string): Promise<CurrentInstance> {
  const domain = await existingDomain(client, uuid);
  const definition = parseXml(await client.domains.xml(domain, { inactive: true, secure: true }));
  const running = domain.id === null ? null : parseXml(await client.domains.xml(domain));
  const metadata = protiumMetadata(definition);
  const record = metadata === null ? null : readInstanceMetadata(metadata);
  if (record === null) {
    throw new ProtiumError('not-found', `The domain "${domain.name}" is no instance of Protium (any more).`, {
      details: { uuid },
    });
  }
  return { domain, definition, running, record };
}

/**
 * A saved state goes on with the devices that it had: they must not be changed under it.
 *
 * @throws ProtiumError `state-conflict`
 */
export async function requireNoSavedState(client: LibvirtClient, domain: DomainRef): Promise<void> {
  if (domain.id !== null || !(await client.domains.hasManagedSave(domain))) return;
  throw new ProtiumError(
    'state-conflict',
    `The memory of "${domain.name}" is saved: start it and stop it first, or start it with its saved state discarded.`,
    { details: { uuid: domain.uuid } },
  );
}
