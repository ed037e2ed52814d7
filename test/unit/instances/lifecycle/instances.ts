import type { CurrentInstance } from '../../../../internal/instances/changes/current-instance.ts';
import {
  readInstanceMetadata,
  type InstanceRecord,
} from '../../../../internal/instances/documents/metadata.ts';
import type { VolumeView } from '../../../../internal/libvirt/live-view/views.ts';
import { protiumMetadata } from '../../../../internal/xml/domain/metadata.ts';
import { append, replaceChild } from '../../../../internal/xml/edit.ts';
import { parseXml } from '../../../../internal/xml/parse.ts';
import { child, type XmlElement } from '../../../../internal/xml/tree.ts';
import { documentOf, full, uuid } from '../document-cases.ts';

/** An instance as it would be made of a config, off or running as it is defined. */
export function instanceOf(
  config: object,
  { runs = false }: { readonly runs?: boolean } = {},
): CurrentInstance {
  const definition = documentOf(full, config, 'vm');
  return {
    domain: { name: 'vm', uuid, id: runs ? 1 : null },
    definition,
    running: runs ? definition : null,
    record: recordOf(definition),
  };
}

export function recordOf(definition: XmlElement): InstanceRecord {
  const metadata = protiumMetadata(definition);
  const record = metadata === null ? null : readInstanceMetadata(metadata);
  if (record === null) throw new Error('no instance');
  return record;
}

/** With one more device, as XML. */
export function withDevice(domain: XmlElement, device: string): XmlElement {
  const devices = child(domain, 'devices');
  if (devices === null) throw new Error('no devices');
  return replaceChild(domain, devices, append(devices, parseXml(device)));
}

export function volume(name: string, more: Partial<VolumeView> = {}): VolumeView {
  return {
    pool: 'p',
    poolUuid: 'p',
    name,
    key: `/p/${name}`,
    path: `/p/${name}`,
    type: 'file',
    format: 'qcow2',
    capacityBytes: 1n << 20n,
    allocationBytes: 0n,
    backingPath: null,
    readAt: '2026-01-01T00:00:00.000Z',
    ...more,
  };
}

/** The code that it throws; null: it does not. */
export function codeOf(act: () => unknown): string | null {
  try {
    act();
    return null;
  } catch (error) {
    return (error as { code?: string }).code ?? String(error);
  }
}
