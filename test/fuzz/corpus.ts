import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const project = path.resolve(import.meta.dirname, '../..');

/** The texts of a directory's files with this ending, below it too. */
export function corpusTexts(directory: string, ending: string): readonly string[] {
  const root = path.join(project, directory);
  const names = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith(ending),
  );
  if (names.length === 0) throw new Error(`There is no ${ending} under ${directory}.`);
  return names.sort().map((name) => readFileSync(path.join(root, name), 'utf8'));
}

export function corpusJson(directory: string): readonly unknown[] {
  return corpusTexts(directory, '.json').map((text) => JSON.parse(text) as unknown);
}
