import { ProtiumError } from '../../errors/protium-error.ts';
import type { LibvirtClient } from '../../libvirt/client.ts';
import { virError } from '../../libvirt/error-code.ts';
import type { DomainRef } from '../../libvirt/objects.ts';
import type { Step } from '../../operations/definition.ts';
import { hasLog, removeSerialLogs } from '../unregister/serial-logs.ts';
import { orAbsent } from './absent.ts';
import { compareWithPosted } from './compare.ts';
import { readDocumentDigest } from './origin.ts';
import type { CreateFromDocuments, PreparedDomain } from './shape.ts';

/**
 * Defines the domain. One that was made from the same document is kept as it is, so that what an administrator
 * changed since stays; one that runs is never redefined.
 *
 * @param hostRoot where the machine's /var is: `/`
 */
export function defineDomain(
  client: LibvirtClient,
  hostRoot: string,
): Step<CreateFromDocuments, 'define-domain'> {
  const find = (name: string) => orAbsent(client.domains.lookupByName(name), virError.noDomain);
  return {
    name: 'define-domain',
    title: 'define the domain',
    async intent({ input: { domain } }) {
      const existing = await findSame(client, domain);
      const hadLog = await hasLog(hostRoot, `${domain.name}.log`);
      if (existing === null) return { action: 'define', previousXml: null, hadLog };
      const comparison = await compareWithPosted(client, existing, domain);
      if (comparison === 'same') return { action: 'keep', previousXml: null, hadLog };
      const previousXml = await client.domains.xml(existing, { inactive: true, secure: true });
      return { action: 'define', previousXml, hadLog };
    },
    async do({ input: { domain } }, { action }) {
      const defined =
        action === 'keep'
          ? await client.domains.lookupByName(domain.name)
          : await client.domains.define(domain.xml, { validate: true });
      return { uuid: defined.uuid };
    },
    async verify({ input: { domain } }, { action }) {
      const existing = await find(domain.name);
      if (existing === null) return 'absent';
      if (action === 'define' && (await compareWithPosted(client, existing, domain)) !== 'same')
        return 'absent';
      return { uuid: existing.uuid };
    },
    async undo({ input: { domain } }, { action, previousXml, hadLog }) {
      if (action === 'keep') return;
      const defined = await find(domain.name);
      // Only what this step defined: meanwhile somebody may have put another in its place.
      if (defined !== null && (await readDocumentDigest(client, defined)) !== domain.digest) return;
      // What its QEMU said, in the time that it ran.
      if (!hadLog) await removeSerialLogs(hostRoot, [`${domain.name}.log`]);
      if (defined === null) return;
      if (previousXml !== null) {
        await client.domains.define(previousXml);
        return;
      }
      await client.domains.undefine(defined, {
        nvram: 'remove',
        managedSave: true,
        snapshotsMetadata: true,
        checkpointsMetadata: true,
      });
    },
    leftBehind: ({ input: { domain } }) =>
      `the domain "${domain.name}": virsh undefine --nvram ${domain.name}`,
  };
}

/** The domain of that name and uuid, or null when there is neither. */
async function findSame(client: LibvirtClient, wanted: PreparedDomain): Promise<DomainRef | null> {
  const named = await orAbsent(client.domains.lookupByName(wanted.name), virError.noDomain);
  const sameUuid =
    wanted.uuid === null ? null : await orAbsent(client.domains.lookupByUuid(wanted.uuid), virError.noDomain);
  const other = named !== null && wanted.uuid !== null && named.uuid !== wanted.uuid ? named : null;
  const clash = other ?? (sameUuid !== null && sameUuid.name !== wanted.name ? sameUuid : null);
  if (clash !== null) {
    throw new ProtiumError(
      'already-exists',
      `There is already a domain "${clash.name}" with the uuid ${clash.uuid}; the document asks for "${wanted.name}" ` +
        `with ${String(wanted.uuid)}. Give the document a name and a uuid of its own, or leave its uuid out.`,
      { details: { domain: clash.name, uuid: clash.uuid } },
    );
  }
  return named;
}
