import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';

/** libvirt's schemas; `domain.rng` and the like lie in it. */
const schemas = '/usr/share/libvirt/schemas';

/** The canonical form (C14N 1.0 with comments) by libxml2: two documents are equal in meaning when theirs are. */
export function canonical(text: string): string {
  return execFileSync('xmllint', ['--c14n', '-'], {
    input: text,
    encoding: 'utf8',
    stdio: ['pipe', 'pipe', 'pipe'],
  });
}

/** What libxml2 says against a document by one of libvirt's schemas; empty when it is valid. */
export function schemaErrors(schema: string, text: string): string {
  const { status, stderr } = spawnSync(
    'xmllint',
    ['--noout', '--relaxng', join(schemas, `${schema}.rng`), '-'],
    { input: text, encoding: 'utf8' },
  );
  return status === 0 ? '' : stderr;
}

/** Which of the texts libxml2 takes for well-formed. One process for all. */
export function wellFormed(texts: readonly string[]): readonly boolean[] {
  const directory = mkdtempSync(join(tmpdir(), 'xml-'));
  try {
    const files = texts.map((text, index) => {
      const file = join(directory, `${index}.xml`);
      writeFileSync(file, text);
      return file;
    });
    const { stderr } = spawnSync('xmllint', ['--noout', '--nonet', ...files], {
      encoding: 'utf8',
      maxBuffer: 64 * 1024 * 1024,
    });
    const bad = new Set<string>();
    for (const match of stderr.matchAll(/^\S*\/(\d+\.xml):\d+: parser error/gm)) bad.add(match[1] ?? '');
    return files.map((file) => !bad.has(basename(file)));
  } finally {
    rmSync(directory, { recursive: true });
  }
}
