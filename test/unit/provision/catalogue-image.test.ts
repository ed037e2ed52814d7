import { expect, it } from 'vitest';
import { wellKnownImages } from '../../../internal/images/catalogue/well-known.ts';
import { catalogueImage } from '../../../internal/provision/catalogue-image.ts';
import { analyzeText } from '../../../internal/provision/text/analyze-text.ts';
import { pciNames } from './text/pci-names.ts';

const imageFor = (text: string) =>
  catalogueImage(analyzeText(text, { level: null, pciIds: pciNames }).facts, wellKnownImages);

it.each([
  ['Debian 12, 4 GB RAM', 'debian-12'],
  ['Ubuntu 22.04', 'ubuntu-22.04'],
  ['Rocky Linux 9', 'rocky-9'],
])('%s: %s', (text, name) => {
  const image = imageFor(text);
  expect(image.name).toBe(name);
  expect(image.candidates.length).toBeGreaterThan(5);
  expect(image.notes.join(' ')).toContain('no daemon was asked');
});

it.each(['Windows 11, 8 GB RAM', 'Solaris 11.4', 'macOS 14', 'Debian 12 on riscv64'])(
  'none for %s',
  (text) => {
    const image = imageFor(text);
    expect(image.name).toBeNull();
    expect(image.reason).not.toBe('');
  },
);
