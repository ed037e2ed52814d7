import { checksumDigits, type Checksum, type ChecksumAlgorithm } from './checksum.ts';

/**
 * How a file of checksums is written. `sums`: `<hex>  <name>`, as sha256sum writes it; `bsd`: `SHA256 (<name>) = <hex>`;
 * `bare`: the digest of one file, with or without its name. What surrounds these lines (a signature, comments) is passed
 * over: TLS is what vouches for the file, signatures are not checked.
 */
export type ChecksumForm = 'sums' | 'bsd' | 'bare';

/**
 * The checksum of the file called `fileName`; null: the text has none, or more than one.
 *
 * @param fileName without a directory
 */
export function findChecksum(
  text: string,
  { form, algorithm, fileName }: { form: ChecksumForm; algorithm: ChecksumAlgorithm; fileName: string },
): Checksum | null {
  const digits = checksumDigits[algorithm];
  const found = new Set<string>();
  for (const line of text.split(/\r?\n/)) {
    const hex = readers[form](line.trim(), algorithm, fileName);
    if (hex?.length === digits && /^[0-9a-f]+$/.test(hex)) found.add(hex);
  }
  const [only, ...more] = found;
  return only === undefined || more.length > 0 ? null : { algorithm, hex: only };
}

type LineReader = (line: string, algorithm: ChecksumAlgorithm, fileName: string) => string | undefined;

const readers: Readonly<Record<ChecksumForm, LineReader>> = {
  sums(line, _algorithm, fileName) {
    const [, hex, name] = /^([0-9a-fA-F]+)\s+\*?(.+)$/.exec(line) ?? [];
    return baseName(name) === fileName ? hex?.toLowerCase() : undefined;
  },
  bsd(line, algorithm, fileName) {
    const [, word, name, hex] = /^([A-Za-z0-9]+) ?\((.+)\) ?= ?([0-9a-fA-F]+)$/.exec(line) ?? [];
    return word?.toLowerCase() === algorithm && baseName(name) === fileName ? hex?.toLowerCase() : undefined;
  },
  bare(line, _algorithm, fileName) {
    const [, hex, name] = /^([0-9a-fA-F]+)(?:\s+\*?(.+))?$/.exec(line) ?? [];
    return name === undefined || baseName(name) === fileName ? hex?.toLowerCase() : undefined;
  },
};

function baseName(name: string | undefined): string | undefined {
  return name?.split('/').at(-1);
}
