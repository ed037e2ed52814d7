import { describe, expect, it } from 'vitest';
import type { DomainView, VolumeView } from '../../../internal/libvirt/live-view/views.ts';
import { filesIn, targetOf } from '../../../internal/storage/volumes/files-in-document.ts';
import { pathsOver, usedPaths, usersOfPath } from '../../../internal/storage/volumes/volume-users.ts';
import { parseXml } from '../../../internal/xml/parse.ts';

const volume = (name: string, backing: string | null = null) =>
  ({
    pool: 'p',
    name,
    path: `/p/${name}`,
    backingPath: backing === null ? null : `/p/${backing}`,
  }) as VolumeView;
const domain = (name: string, ...disks: string[]) => ({ name, diskPaths: disks }) as unknown as DomainView;
const host = {
  volumes: [volume('base'), volume('middle', 'base'), volume('top', 'middle'), volume('alone')],
  domains: [domain('a', '/p/top'), domain('b', '/elsewhere')],
};

describe('who needs a volume', () => {
  it('is found over all layers', () => {
    expect(usersOfPath('/p/base', host)).toEqual([
      { kind: 'volume', name: 'p/middle' },
      { kind: 'volume', name: 'p/top' },
      { kind: 'domain', name: 'a' },
    ]);
    expect(usersOfPath('/p/top', host)).toEqual([{ kind: 'domain', name: 'a' }]);
    expect(usersOfPath('/p/alone', host)).toEqual([]);
  });

  it('is found for all at once the same way', () => {
    const used = usedPaths(host);
    for (const { path } of host.volumes) {
      expect(used.has(path ?? '')).toBe(usersOfPath(path ?? '', host).length > 0);
    }
  });

  it('does not go round in circles', () => {
    const circle = [volume('x', 'y'), volume('y', 'x')];
    expect([...pathsOver('/p/x', circle)].sort()).toEqual(['/p/x', '/p/y']);
    expect([...usedPaths({ volumes: circle, domains: [] })].sort()).toEqual(['/p/x', '/p/y']);
  });
});

describe("a domain's document", () => {
  const document = parseXml(`<domain><devices>
    <disk><source file="/p/top"/><backingStore><source file="/p/middle"/><backingStore><source dev="/dev/vg/base"/></backingStore></backingStore>
      <mirror><source file="/p/mirror"/></mirror><target dev="vda"/></disk>
    <disk device="cdrom"><target dev="sda"/></disk>
  </devices></domain>`);

  it('names the files below its disks, and those that are being copied to', () => {
    expect(filesIn(document)).toEqual(['/p/top', '/p/middle', '/dev/vg/base', '/p/mirror']);
    expect(filesIn(parseXml('<domain/>'))).toEqual([]);
  });

  it('says where a file is a disk of its own', () => {
    expect(targetOf(document, '/p/top')).toBe('vda');
    expect(targetOf(document, '/p/middle')).toBeNull();
  });
});
