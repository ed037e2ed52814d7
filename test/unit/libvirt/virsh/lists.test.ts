import { describe, expect, test } from 'vitest';
import { LibvirtProtocolError } from '../../../../internal/libvirt/error.ts';
import {
  parseDomainList,
  parseNwfilterList,
  parsePoolList,
  parseSecretList,
  parseVolumeList,
} from '../../../../internal/libvirt/virsh/output/lists.ts';

/** Outputs recorded from virsh 9.0.0. */
describe('lists', () => {
  test('domains, with an odd name', () => {
    expect(
      parseDomainList(
        '702af2ab-4dd8-409b-9cc7-785e3f40e4d8 2 -dash\n535f2a12-d9a1-4374-a8e5-229dcafdba49 - a b \'q\' "x"\n\n',
      ),
    ).toEqual([
      { uuid: '702af2ab-4dd8-409b-9cc7-785e3f40e4d8', id: 2, name: '-dash' },
      { uuid: '535f2a12-d9a1-4374-a8e5-229dcafdba49', id: null, name: 'a b \'q\' "x"' },
    ]);
  });

  test('no domains', () => {
    expect(parseDomainList('\n')).toEqual([]);
  });

  test('what is no list is refused', () => {
    expect(() => parseDomainList(' Id   Name   State\n')).toThrow(LibvirtProtocolError);
  });

  test('pools, filled up with spaces', () => {
    expect(parsePoolList('8a81b6f2-e6a2-453d-a933-be3ad983a2d0 p 1                 \n')).toEqual([
      { uuid: '8a81b6f2-e6a2-453d-a933-be3ad983a2d0', name: 'p 1' },
    ]);
  });

  test('network filters', () => {
    expect(
      parseNwfilterList(
        ' e0f16f0e-4331-4f9c-b2a3-ba8d1e3b25b6   allow-arp\n bd13113d-6392-4317-aa0e-11871fac1e54   a b\n\n',
      ),
    ).toEqual([
      { uuid: 'e0f16f0e-4331-4f9c-b2a3-ba8d1e3b25b6', name: 'allow-arp' },
      { uuid: 'bd13113d-6392-4317-aa0e-11871fac1e54', name: 'a b' },
    ]);
  });

  test('secrets', () => {
    expect(
      parseSecretList(
        ' 901df074-76b1-4d3c-acf7-6c84fe01c19a   Unused\n f19f9c45-c319-451b-b263-be61763402d4   ceph a b c\n',
      ),
    ).toEqual([
      { uuid: '901df074-76b1-4d3c-acf7-6c84fe01c19a', usageType: 'none', usageId: '' },
      { uuid: 'f19f9c45-c319-451b-b263-be61763402d4', usageType: 'ceph', usageId: 'a b c' },
    ]);
  });

  test('volumes: the heading says where the path begins', () => {
    const output = [
      ' Name          Path',
      '---------------------------------------',
      ' a     b.img   /var/tmp/pool/a     b.img',
      ' v  1 é        /var/tmp/pool/v  1 é',
      '',
      '',
    ].join('\n');
    expect(parseVolumeList(output)).toEqual([
      { name: 'a     b.img', path: '/var/tmp/pool/a     b.img' },
      { name: 'v  1 é', path: '/var/tmp/pool/v  1 é' },
    ]);
  });

  test('no volumes', () => {
    expect(parseVolumeList(' Name   Path\n--------------\n\n')).toEqual([]);
  });
});
