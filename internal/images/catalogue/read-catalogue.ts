import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { z } from 'zod';
import { ProtiumError } from '../../errors/protium-error.ts';
import { userCatalogueSchema, type CatalogueEntry } from './entry.ts';
import { wellKnownImages } from './well-known.ts';

/**
 * The catalogue: the user's entries, then those of Protium that have no namesake among them. The file is read each time,
 * so that an edit counts at once.
 *
 * @param file YAML or JSON, a list of entries; null: the user has none
 * @throws ProtiumError `argument-invalid`, `file-not-found`
 */
export async function readCatalogue(file: string | null): Promise<readonly CatalogueEntry[]> {
  const own = file === null ? [] : readEntries(await readText(file), file);
  const names = new Set(own.map(({ name }) => name));
  return [...own, ...wellKnownImages.filter(({ name }) => !names.has(name))];
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new ProtiumError(
      'file-not-found',
      `The image catalogue ${file} (PROTIUM_IMAGE_CATALOGUE) cannot be read.`,
      { cause: error, details: { path: file } },
    );
  }
}

function readEntries(text: string, file: string): readonly CatalogueEntry[] {
  const wrong = (problems: readonly string[], cause?: unknown) =>
    new ProtiumError(
      'argument-invalid',
      `The image catalogue ${file} (PROTIUM_IMAGE_CATALOGUE) is not valid:\n${problems.map((line) => `  - ${line}`).join('\n')}`,
      { details: { path: file, problems }, cause },
    );
  let value: unknown;
  try {
    value = parse(text, { logLevel: 'error' });
  } catch (error) {
    throw wrong([error instanceof Error ? error.message : String(error)], error);
  }
  const read = userCatalogueSchema.safeParse(value ?? []);
  if (!read.success) throw wrong(z.prettifyError(read.error).split('\n'));
  const names = read.data.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw wrong([`"${twice}" is there twice`]);
  return read.data.map((entry) => ({ ...entry, origin: 'user' }));
}
