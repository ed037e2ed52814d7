import type { CallOptions, LibvirtClient } from '../../libvirt/client.ts';
import { fromLibvirt } from '../../errors/from-libvirt.ts';
import { virError } from '../../libvirt/error-code.ts';
import type { LiveView } from '../../libvirt/live-view/live-view.ts';
import type { Logger } from '../../observability/log.ts';
import type { OperationDefinition } from '../../operations/definition.ts';
import type { Operations } from '../../operations/operations.ts';
import { orAbsent } from './absent.ts';
import { compareWithPosted } from './compare.ts';
import type { KvmOffer } from './kvm-offer.ts';
import { domainResource } from './operation.ts';
import { prepareDocuments, type DocumentTexts } from './prepare.ts';
import { readDocument } from './read-document.ts';
import type { CreateFromDocuments, PreparedDocuments } from './shape.ts';

export interface CreateFromDocumentsOptions {
  readonly client: LibvirtClient;
  readonly view: Pick<LiveView, 'refresh'>;
  readonly operations: Operations;
  readonly definition: OperationDefinition<CreateFromDocuments>;
  readonly kvm: KvmOffer;
  /** Relative paths, in the request and in the documents, are relative to this. */
  readonly workingDirectory: string;
  /** Directories from which a request may name documents; relative names start at the first. */
  readonly allowedPaths: readonly string[];
  readonly log: Logger;
}

/** Paths of the three documents; an empty one is the default in the working directory. */
export interface DocumentPaths {
  readonly pool: string;
  readonly volume: string;
  readonly domain: string;
}

const defaults: DocumentPaths = { pool: './xml/pool.xml', volume: './xml/vol.xml', domain: './xml/dom.xml' };

/**
 * `POST /domain`: makes pool, volume and domain from their documents and answers when the domain really runs. One
 * that runs already and was made from the same document is answered at once.
 */
export async function createDomainFromDocuments(
  options: CreateFromDocumentsOptions,
  paths: DocumentPaths,
): Promise<{ name: string; notices: readonly string[] }> {
  const texts = await readDocuments(options, paths);
  const offersKvm = await options.kvm.offered();
  const { documents, notices } = prepareDocuments(texts, options.workingDirectory, offersKvm);
  const { name } = documents.domain;
  const { locks } = options.operations;
  const keys = [domainResource(name)];
  const look = () => runsAlready(options.client, documents);
  // Not to overtake a creation of the same domain that is under way; while there is none, nobody waits.
  const running = locks.isHeld(keys) ? await locks.run(keys, look) : await look();
  if (!running) {
    for (const notice of notices) options.log.warn({ domain: name }, notice);
    const operation = await options.operations.start(options.definition, documents);
    const { uuid } = await operation.done;
    // Only so that the next list shows it; the events do the same a little later.
    await options.view.refresh('domain', uuid).catch((error: unknown) => {
      options.log.debug({ err: error, domain: name }, 'the live view could not read the new domain at once');
    });
  }
  return { name, notices };
}

/** All three before libvirt is asked anything; of several that cannot be read, the first in this order is told. */
async function readDocuments(
  options: CreateFromDocumentsOptions,
  paths: DocumentPaths,
): Promise<DocumentTexts> {
  const read = (what: keyof DocumentPaths) =>
    readDocument(what, paths[what] || defaults[what], options.allowedPaths);
  const all = [read('pool'), read('volume'), read('domain')] as const;
  await Promise.allSettled(all);
  return { pool: await all[0], volume: await all[1], domain: await all[2] };
}

async function runsAlready(client: LibvirtClient, { domain }: PreparedDocuments): Promise<boolean> {
  const quick: CallOptions = { deadlineMs: 10_000 };
  try {
    const existing = await orAbsent(client.domains.lookupByName(domain.name, quick), virError.noDomain);
    if (existing === null || (domain.uuid !== null && existing.uuid !== domain.uuid)) return false;
    const [{ state }, comparison] = await Promise.all([
      client.domains.state(existing, quick),
      compareWithPosted(client, existing, domain),
    ]);
    return state === 'running' && comparison === 'same';
  } catch (error) {
    throw fromLibvirt(error, 'look at the domain');
  }
}
