import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { optionalMedia } from '../../../internal/xml/domain/optional-media.ts';
import { readDomain } from '../../../internal/xml/domain/read.ts';
import { parseXml } from '../../../internal/xml/parse.ts';
import { documentPaths, resolveDocumentPaths } from '../../../internal/xml/paths.ts';
import type { DocumentKind } from '../../../internal/xml/path-places.ts';
import { readPool } from '../../../internal/xml/pool.ts';
import { serializeXml } from '../../../internal/xml/serialize.ts';
import type { XmlElement } from '../../../internal/xml/tree.ts';
import { readVolume } from '../../../internal/xml/volume.ts';
import { schemaErrors } from './xmllint.ts';

/** The documents that POST /domain uses when the request names none. */
function template(name: string, kind: DocumentKind): XmlElement {
  const text = readFileSync(new URL(`../../../xml/${name}.xml`, import.meta.url), 'utf8');
  return resolveDocumentPaths(parseXml(text), kind, '/srv/protium');
}

describe('the templates', () => {
  it.each<[string, DocumentKind, string]>([
    ['pool', 'pool', 'storagepool'],
    ['vol', 'volume', 'storagevol'],
    ['dom', 'domain', 'domain'],
  ])('%s.xml is allowed by the schema of libvirt', (name, kind, schema) => {
    expect(schemaErrors(schema, serializeXml(template(name, kind)))).toBe('');
  });

  it('make a disk in the pool, and a domain with that disk', () => {
    const [pool, volume] = [readPool(template('pool', 'pool')), readVolume(template('vol', 'volume'))];
    expect([pool.type, pool.name, pool.targetPath]).toEqual(['dir', 'virtimages', '/srv/protium/img']);
    expect([volume.name, volume.format, volume.capacityBytes, volume.allocationBytes]).toEqual([
      'boot.img',
      'qcow2',
      2n * 1024n ** 3n,
      0n,
    ]);
    expect(volume.permissions).toBe(null);
    const domain = readDomain(template('dom', 'domain'));
    expect(domain.disks.map(({ source, target, bootOrder }) => [source, target, bootOrder])).toEqual([
      [{ type: 'file', path: `${pool.targetPath ?? ''}/${volume.name}` }, 'vda', 1],
      [{ type: 'file', path: '/srv/protium/iso/alpine-standard-3.17.2-x86_64.iso' }, 'sda', 2],
    ]);
  });

  it('make a VM that clients know by its name, with a screen for this host only', () => {
    const domain = readDomain(template('dom', 'domain'));
    expect(domain).toMatchObject({
      type: 'kvm',
      name: 'QEmu-alpine-standard-x86_64',
      uuid: 'c7a5fdbd-cdaf-9455-926a-d65c16db1809',
      memoryKiB: 768 * 1024,
      vcpus: { maximum: 1, current: 1 },
      emulator: null,
    });
    expect([domain.os.arch, domain.os.machine]).toEqual(['x86_64', 'q35']);
    expect(domain.graphics.map(({ type, listens }) => [type, listens.map(({ address }) => address)])).toEqual(
      [['vnc', ['127.0.0.1']]],
    );
    expect(domain.interfaces.map(({ network, model }) => [network, model])).toEqual([['default', 'virtio']]);
    expect(domain.channels.map(({ targetName }) => targetName)).toEqual(['org.qemu.guest_agent.0']);
    expect(domain.serials.map(({ logFile }) => logFile)).toEqual([
      '/var/log/libvirt/qemu/QEmu-alpine-standard-x86_64-console.log',
    ]);
  });

  it('start without an installation medium', () => {
    expect(optionalMedia(template('dom', 'domain'))).toEqual([
      { target: 'sda', file: '/srv/protium/iso/alpine-standard-3.17.2-x86_64.iso' },
    ]);
  });

  it('name no file outside their directories but the console log and the source of entropy', () => {
    const paths = documentPaths(template('dom', 'domain'), 'domain').map(({ path }) => path);
    expect([...new Set(paths)].filter((path) => !/^\/srv\/protium\/(?:img|iso)\//.test(path))).toEqual([
      '/var/log/libvirt/qemu/QEmu-alpine-standard-x86_64-console.log',
      '/dev/urandom',
    ]);
  });
});
