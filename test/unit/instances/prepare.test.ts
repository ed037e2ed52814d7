import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { prepareDocuments } from '../../../internal/instances/from-documents/prepare.ts';

const template = (name: string) =>
  readFileSync(path.resolve(import.meta.dirname, '../../../xml', name), 'utf8');
const texts = { pool: template('pool.xml'), volume: template('vol.xml'), domain: template('dom.xml') };
const prepare = (change: Partial<typeof texts> = {}, kvm = true) =>
  prepareDocuments({ ...texts, ...change }, '/srv/vm', () => kvm);

describe('the documents of a request', () => {
  it('have absolute paths, and name what the steps need', () => {
    const { documents, notices } = prepare();
    expect(notices).toEqual([]);
    expect(documents.pool).toMatchObject({ name: 'virtimages', targetPath: '/srv/vm/img' });
    expect(documents.volume.name).toBe('boot.img');
    expect(documents.domain).toMatchObject({
      name: 'QEmu-alpine-standard-x86_64',
      uuid: 'c7a5fdbd-cdaf-9455-926a-d65c16db1809',
      networks: ['default'],
    });
    expect(documents.domain.xml).toContain('file="/srv/vm/img/boot.img"');
    expect(documents.domain.xml).toContain(`sha256="${documents.domain.digest}"`);
  });

  it('run without KVM where there is none, and say so; the digest is that of what was posted', () => {
    const [emulated, accelerated] = [prepare({}, false), prepare()];
    expect(emulated.documents.domain.xml).toContain('<domain type="qemu">');
    expect(emulated.notices.join()).toContain('KVM');
    expect(emulated.documents.domain.digest).toBe(accelerated.documents.domain.digest);
  });

  it('ask for the architecture that the domain is of', () => {
    const asked: (string | null)[] = [];
    prepareDocuments(texts, '/srv/vm', (arch) => {
      asked.push(arch);
      return true;
    });
    expect(asked).toEqual(['x86_64']);
  });

  it('have the same digest whatever their comments and white space, and another one for any other change', () => {
    const { digest } = prepare().documents.domain;
    const spaced = texts.domain.replace(/<!--[^]*?-->/g, '').replace(/>\s+</g, '>\n<');
    expect(prepare({ domain: spaced }).documents.domain.digest).toBe(digest);
    const changed = texts.domain.replace('<vcpu>1</vcpu>', '<vcpu>2</vcpu>');
    expect(prepare({ domain: changed }).documents.domain.digest).not.toBe(digest);
  });

  it.each([
    [{ pool: '' }, 'document-malformed', 'pool'],
    [{ volume: '<volume>' }, 'document-malformed', 'volume'],
    [{ domain: texts.pool }, 'document-malformed', '<pool>'],
    [{ pool: '<pool type="dir"/>' }, 'document-malformed', 'name'],
    [{ volume: '<volume><name/></volume>' }, 'document-malformed', 'name'],
    [{ volume: texts.volume.replace('boot.img', '../x') }, 'argument-invalid', '../x'],
    [{ volume: texts.volume.replace('boot.img', '..') }, 'argument-invalid', '".."'],
    [
      { domain: `<!DOCTYPE d [<!ENTITY e SYSTEM "file:///etc/passwd">]>${texts.domain}` },
      'document-malformed',
      'domain',
    ],
  ])('are refused: %#', (change, code, said) => {
    expect(() => prepare(change)).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(said) as string }) as Error,
    );
  });
});
