import { describe, expect, it } from 'vitest';
import { parseXml } from '../../../internal/xml/parse.ts';
import { serializeXml } from '../../../internal/xml/serialize.ts';
import { canonical, schemaErrors } from '../../unit/xml/xmllint.ts';
import { cases, schemaOf } from './cases.ts';
import { goldenText } from './golden-file.ts';

describe.each(Object.entries(cases))('%s', (name, { kind, document }) => {
  const text = serializeXml(document, { indent: true });

  it('is what the golden file holds', () => {
    expect(text).toBe(goldenText(name, text));
  });

  it('is allowed by the schema of libvirt', () => {
    expect(schemaErrors(schemaOf[kind], text)).toBe('');
  });

  it('is read back as the same document', () => {
    expect(canonical(serializeXml(parseXml(text)))).toBe(canonical(text));
  });
});
