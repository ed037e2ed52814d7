import type { DomainView } from '../libvirt/live-view/views.ts';
import { parseXml } from '../xml/parse.ts';
import { readInstanceMetadata, type InstanceRecord } from './documents/metadata.ts';

/** What domains say of themselves in our metadata, read once for each document. */
export class InstanceRecords {
  readonly #known = new Map<string, { readonly digest: string; readonly record: InstanceRecord | null }>();

  /** null: Protium did not make the domain from a config. */
  of(domain: DomainView): InstanceRecord | null {
    const known = this.#known.get(domain.uuid);
    if (known?.digest === domain.documentDigest) return known.record;
    const record = domain.protiumMetadata === null ? null : readRecord(domain.protiumMetadata);
    this.#known.set(domain.uuid, { digest: domain.documentDigest, record });
    return record;
  }

  forget(uuid: string): void {
    this.#known.delete(uuid);
  }
}

function readRecord(metadata: string): InstanceRecord | null {
  try {
    return readInstanceMetadata(parseXml(metadata));
  } catch {
    // Somebody edited it until it is no XML of ours: the domain is then like any other.
    return null;
  }
}
