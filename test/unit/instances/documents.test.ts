import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readInstanceMetadata } from '../../../internal/instances/documents/metadata.ts';
import { diskSerial, domainName, macAddress } from '../../../internal/instances/documents/names.ts';
import { protiumMetadata } from '../../../internal/xml/domain/metadata.ts';
import { parseXml } from '../../../internal/xml/parse.ts';
import { serializeXml } from '../../../internal/xml/serialize.ts';
import { childText } from '../../../internal/xml/tree.ts';
import { matchGolden } from '../../golden/match-golden.ts';
import { cases, documentOf, exampleConfigs, full, uuid } from './document-cases.ts';
import { invalidAgainstSchema } from './schema.ts';

describe('documents', () => {
  it.each(cases)('%s', async (name, host, config) => {
    const xml = serializeXml(documentOf(host, config), { indent: true });
    expect(xml).not.toMatch(/pa55word|S3CRET/);
    await matchGolden(`documents/${name}.xml`, xml);
    expect(await invalidAgainstSchema('domain', xml)).toBeNull();
  });

  it.each(exampleConfigs)("the example $name is one that libvirt's schema allows", async ({ body }) => {
    expect(await invalidAgainstSchema('domain', serializeXml(documentOf(full, body as object)))).toBeNull();
  });

  it('names are data, never markup', () => {
    fc.assert(
      fc.property(
        fc
          .string({
            unit: fc.constantFrom(']]>', '&', '"', "'", '<', 'a', 'é', '-', '/', '.', ' '),
            minLength: 1,
            maxLength: 40,
          })
          .filter((text) => text.trim() !== ''),
        (name) => {
          const config = {
            slots: 1,
            ramsize: 128,
            vm_name: name,
            info: { description: name },
            vm_tags: [name],
            region: name,
          };
          const document = parseXml(serializeXml(documentOf(full, config, name.trim())));
          expect(childText(document, 'title')).toBe(name.trim().replaceAll(/\s+/g, ' '));
          const metadata = protiumMetadata(document);
          const record = metadata === null ? null : readInstanceMetadata(metadata);
          expect(record).toMatchObject({
            name: name.trim(),
            owner: 'f'.repeat(32),
            spec: { tags: [name.trim()] },
          });
        },
      ),
      { numRuns: 100 },
    );
  });
});

describe('metadata', () => {
  it('tells where the seed is, and by which keys the guest is known', () => {
    const config = { slots: 1, ramsize: 128, authentication: { 'ssh-key': 'k' } };
    const ours = protiumMetadata(documentOf(full, config));
    expect(ours === null ? null : readInstanceMetadata(ours)).toMatchObject({
      seedPool: 'protium',
      sshHostKeys: ['ssh-ed25519 AAAA', 'ecdsa-sha2-nistp256 BBBB'],
    });
  });

  const metadata = protiumMetadata(documentOf(full, { slots: 1, ramsize: 128 }));

  it('is read as it was written, and not when somebody broke it', () => {
    if (metadata === null) throw new Error('there is no metadata');
    expect(readInstanceMetadata(metadata)).toMatchObject({ plan: { cpu: { slots: 1 } }, seedPool: null });
    expect(readInstanceMetadata(metadata)?.sshHostKeys).toEqual([]);
    const text = serializeXml(metadata);
    for (const [from, to] of [
      ['version="1"', 'version="2"'],
      ["version='1'", "version='2'"],
      ['"slots"', '"slot"'],
      ['f'.repeat(32), 'nobody'],
      ['{', '['],
    ] as const) {
      if (!text.includes(from)) continue;
      expect(readInstanceMetadata(parseXml(text.replaceAll(from, to)))).toBeNull();
    }
  });
});

describe('names', () => {
  it.each([
    ['Helium', 'helium'],
    ['awesome machine', 'awesome-machine'],
    ['Zwölf Äpfel!', 'zwolf-apfel'],
    ['../../etc/passwd', 'etc-passwd'],
    ['-x', 'x'],
    ['日本', 'vm-0f8fad5b'],
    ['a'.repeat(100), 'a'.repeat(63)],
  ])('the domain of %j', (name, expected) => {
    expect(domainName(name, uuid, () => false)).toBe(expected);
  });

  it('one that is taken gets a part of the uuid', () => {
    expect(domainName('helium', uuid, (name) => name === 'helium')).toBe('helium-0f8fad5b');
    expect(domainName('helium', uuid, (name) => !name.startsWith('vm-'))).toBe(`vm-${uuid}`);
  });

  it('MAC addresses and serials are stable', () => {
    expect([macAddress(uuid, 0), macAddress(uuid, 1)]).toEqual(['52:54:00:28:95:0e', '52:54:00:28:95:0f']);
    expect(diskSerial(uuid)).toBe('0f8fad5bd9cb469fa165');
  });
});
