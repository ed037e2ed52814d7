import { poolElement, type PoolOptions } from '../../xml/pool.ts';
import { element, type XmlElement } from '../../xml/tree.ts';
import type { PoolSource } from './pool-source.ts';

/** The `<pool>` of a source. */
export function poolDocument(
  { name, uuid }: { readonly name: string; readonly uuid: string },
  source: PoolSource,
): XmlElement {
  return poolElement({ name, uuid, ...optionsOf(source) });
}

function optionsOf(source: PoolSource): Omit<PoolOptions, 'name' | 'uuid'> {
  switch (source.kind) {
    case 'dir':
      return { type: 'dir', targetPath: source.path };
    case 'fs':
      return {
        type: 'fs',
        targetPath: source.mountPath,
        source: { devices: [source.device], format: source.format ?? 'auto' },
      };
    case 'netfs':
      return {
        type: 'netfs',
        targetPath: source.mountPath,
        source: { hosts: [{ name: source.host }], directory: source.directory, format: source.format },
      };
    case 'logical':
      return {
        type: 'logical',
        targetPath: `/dev/${source.group}`,
        source: { name: source.group, format: 'lvm2' },
      };
    case 'zfs':
      return { type: 'zfs', source: { name: source.dataset } };
    case 'rbd':
      return {
        type: 'rbd',
        source: {
          hosts: source.monitors,
          name: source.cephPool,
          others: source.login === null ? [] : [authElement(source.login)],
        },
      };
  }
}

function authElement({
  user,
  secretUuid,
}: {
  readonly user: string;
  readonly secretUuid: string;
}): XmlElement {
  return element('auth', { type: 'ceph', username: user }, element('secret', { uuid: secretUuid }));
}
