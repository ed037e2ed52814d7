import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { readCatalogue } from '../../../internal/images/catalogue/read-catalogue.ts';
import { wellKnownImages } from '../../../internal/images/catalogue/well-known.ts';
import { imageNamePattern } from '../../../internal/images/names.ts';
import { temporaryDirectory } from '../store/state.ts';

function fileWith(text: string): string {
  const file = path.join(temporaryDirectory(), 'catalogue.yaml');
  writeFileSync(file, text);
  return file;
}

describe('the images that Protium knows', () => {
  it.each(wellKnownImages.map((entry) => [entry.name, entry] as const))('%s is complete', (name, entry) => {
    expect(name).toMatch(imageNamePattern);
    expect(entry).toMatchObject({ architecture: 'x86_64', origin: 'protium', os: { family: 'linux' } });
    expect(entry.os.loginUser).not.toBeNull();
    if (entry.source.kind === 'guest-build') return;
    const { url, format, checksum } = entry.source;
    expect(format).toBe('qcow2');
    expect(new URL(url).protocol).toBe('https:');
    expect(url).toMatch(/\.(qcow2|img)$/);
    if (checksum === null || typeof checksum === 'string') throw new Error('no list of checksums');
    // Beside the image: who can change the one can change the other, and nobody else.
    expect(new URL('.', checksum.url).href).toBe(new URL('.', url).href);
  });

  it('have names of their own', () => {
    expect(new Set(wellKnownImages.map(({ name }) => name)).size).toBe(wellKnownImages.length);
  });
});

describe("the user's own entries", () => {
  it('come first and replace those of the same name', async () => {
    const file = fileWith(`
- name: debian-12
  description: our own
  os: { family: linux, flavour: debian, version: "12" }
  source: { url: "https://mirror.example/debian.qcow2", checksum: "sha256:${'a'.repeat(64)}" }
- name: plain
  source: { url: "http://mirror.example/plain.img", format: raw }
`);
    const entries = await readCatalogue(file);
    expect(entries).toHaveLength(wellKnownImages.length + 1);
    expect(entries[0]).toEqual({
      name: 'debian-12',
      description: 'our own',
      architecture: 'x86_64',
      os: { family: 'linux', flavour: 'debian', version: '12', libosinfoId: null, loginUser: null },
      source: {
        kind: 'url',
        url: 'https://mirror.example/debian.qcow2',
        format: null,
        checksum: `sha256:${'a'.repeat(64)}`,
      },
      origin: 'user',
    });
    expect(entries[1]).toMatchObject({ name: 'plain', source: { format: 'raw', checksum: null } });
  });

  it('may be JSON, or none', async () => {
    const json = JSON.stringify([{ name: 'x', source: { url: 'https://x.example/x' } }]);
    expect((await readCatalogue(fileWith(json)))[0]).toMatchObject({ name: 'x' });
    expect(await readCatalogue(fileWith(''))).toEqual(wellKnownImages);
    expect(await readCatalogue(null)).toEqual(wellKnownImages);
  });

  it.each([
    ['- name: Upper\n  source: { url: "https://x.example/x" }', '[0].name'],
    ['- name: x\n  source: { url: "ftp://x.example/x" }', '[0].source.url'],
    ['- name: x\n  sorce: {}', 'sorce'],
    ['- name: x\n  source: { url: "https://x.example/x", checksum: "md5:0" }', 'checksum'],
    ['- &a [*a, *a]', 'catalogue'],
    ['{', 'catalogue'],
    [
      '- name: x\n  source: { url: "https://x.example/x" }\n- name: x\n  source: { url: "https://x.example/y" }',
      'twice',
    ],
  ])('%j is refused, naming what is wrong', async (text, named) => {
    await expect(readCatalogue(fileWith(text))).rejects.toMatchObject({
      code: 'argument-invalid',
      message: expect.stringContaining(named) as string,
    });
  });

  it('must be there if they are configured', async () => {
    await expect(readCatalogue('/no/such/file')).rejects.toMatchObject({ code: 'file-not-found' });
  });
});
