import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

export interface Example {
  readonly name: string;
  readonly body: unknown;
}

/** Real inputs and answers of Elemento's public material, as they were found (placeholders of their own included). */
export const examples: readonly Example[] = readdirSync(import.meta.dirname)
  .filter((file) => file.endsWith('.json'))
  .sort()
  .map((file) => ({
    name: path.basename(file, '.json'),
    body: JSON.parse(readFileSync(path.join(import.meta.dirname, file), 'utf8')) as unknown,
  }));

export function example(name: string): unknown {
  const found = examples.find((candidate) => candidate.name === name);
  if (found === undefined) throw new Error(`there is no example ${name}`);
  return found.body;
}
