import { createHash } from 'node:crypto';
import type { LibvirtClient } from '../client.ts';
import { domainStates, type DomainRef, type DomainStateReport, type TypedValue } from '../objects.ts';
import { readDomainDocument, type DomainDocument } from './documents.ts';
import { orGone, orUnsupported, readEach, type KindReader, type ReaderContext } from './reader.ts';
import type { DomainView } from './views.ts';

/** How often a domain is read again at once when its parts do not fit together. */
const attempts = 3;

/**
 * Reads domains. All at once costs four lists, one bulk call for the states and one document for each domain:
 * libvirt tells autostart and managed save for many domains only by its list filters.
 */
export function createDomainReader(client: LibvirtClient, context: ReaderContext): KindReader<'domain'> {
  const { domains } = client;

  async function readOne(uuid: string, known: readonly DomainView[]): Promise<readonly DomainView[]> {
    for (let attempt = 1; ; attempt += 1) {
      const ref = await orGone(domains.lookupByUuid(uuid));
      if (ref === null) return [];
      const parts = await orGone(
        Promise.all([
          domains.state(ref),
          domains.xml(ref),
          domains.isPersistent(ref),
          orUnsupported(domains.autostart(ref), false),
          orUnsupported(domains.hasManagedSave(ref), false),
        ]),
      );
      if (parts === null) return [];
      const [report, xml, persistent, autostart, hasManagedSave] = parts;
      if (attempt < attempts && !fits(ref, report)) continue;
      return [makeView({ ref, report, xml, persistent, autostart, hasManagedSave }, known[0], context.now())];
    }
  }

  /** State and reason of all domains by uuid; empty where libvirt has no bulk statistics. */
  async function allStates(): Promise<ReadonlyMap<string, DomainStateReport>> {
    const stats = await orUnsupported(domains.stats({ groups: ['state'], nowait: true }), []);
    return new Map(
      stats.flatMap(({ domain, stats: values }) => {
        const state = domainStates[numberOf(values['state.state'])];
        return state === undefined
          ? []
          : [[domain.uuid, { state, reason: numberOf(values['state.reason']) }] as const];
      }),
    );
  }

  return {
    readOne,
    async readAll({ known, limit, signal }) {
      const [refs, persistent, autostart, saved, reports] = await Promise.all([
        domains.list(),
        domains.list({ persistent: true }).then(uuids),
        orUnsupported(domains.list({ autostart: true }), []).then(uuids),
        orUnsupported(domains.list({ managedSave: true }), []).then(uuids),
        allStates(),
      ]);
      const byUuid = new Map(refs.map((ref) => [ref.uuid, ref]));
      return readEach(
        [...byUuid.keys()],
        async (uuid) => {
          const ref = byUuid.get(uuid);
          const report = reports.get(uuid);
          // What changed while the lists were read is read on its own, where the parts are closer together.
          if (ref === undefined || report === undefined || !fits(ref, report)) {
            return readOne(uuid, known(uuid));
          }
          const xml = await orGone(domains.xml(ref));
          if (xml === null) return [];
          const parts = {
            ref,
            report,
            xml,
            persistent: persistent.has(uuid),
            autostart: autostart.has(uuid),
            hasManagedSave: saved.has(uuid),
          };
          return [makeView(parts, known(uuid)[0], context.now())];
        },
        { limit, signal },
      );
    },
  };
}

interface DomainParts {
  readonly ref: DomainRef;
  readonly report: DomainStateReport;
  readonly xml: string;
  readonly persistent: boolean;
  readonly autostart: boolean;
  readonly hasManagedSave: boolean;
}

function makeView(parts: DomainParts, known: DomainView | undefined, readAt: string): DomainView {
  const { ref, report, xml, persistent, autostart, hasManagedSave } = parts;
  const documentDigest = createHash('sha256').update(xml).digest('base64url').slice(0, 22);
  // Parsing costs more than all the rest: not again for the same document.
  const document = known?.documentDigest === documentDigest ? documentOf(known) : readDomainDocument(xml);
  return Object.freeze({
    name: ref.name,
    uuid: ref.uuid,
    id: ref.id,
    state: report.state,
    reason: report.reason,
    persistent,
    autostart,
    hasManagedSave,
    ...document,
    documentDigest,
    readAt,
  });
}

function documentOf(view: DomainView): DomainDocument {
  const { memoryKiB, maxMemoryKiB, vcpus, maxVcpus, title, description, osId } = view;
  const { metadataNamespaces, hostPciAddresses, diskPaths, agentConnected, protiumMetadata } = view;
  return {
    memoryKiB,
    maxMemoryKiB,
    vcpus,
    maxVcpus,
    title,
    description,
    osId,
    metadataNamespaces,
    hostPciAddresses,
    diskPaths,
    agentConnected,
    protiumMetadata,
  };
}

/** Calls are answered one after the other: a domain that starts or stops in between has an id that belies its state. */
function fits({ id }: DomainRef, { state }: DomainStateReport): boolean {
  return state === 'crashed' || state === 'nostate' || (state === 'shutoff') === (id === null);
}

function uuids(refs: readonly DomainRef[]): ReadonlySet<string> {
  return new Set(refs.map(({ uuid }) => uuid));
}

function numberOf(value: TypedValue | undefined): number {
  return Number(value ?? 0);
}
