import type { SourceFile } from '../../analysis.ts';
import { depthOf, escapeForRegExp, findLine, isPackageName, placeOfLine } from '../lines.ts';
import { nothing, type Dependency, type ManifestContents, type RuntimeRequirement } from './dependency.ts';

const scopes = [
  ['dependencies', 'main'],
  ['peerDependencies', 'main'],
  ['optionalDependencies', 'extra'],
  ['devDependencies', 'dev'],
] as const;

export function readPackageJson(file: SourceFile): ManifestContents {
  let document: unknown;
  try {
    document = JSON.parse(file.text);
  } catch {
    return { ...nothing, problems: [`${file.path} is left out, as it is no JSON.`] };
  }
  const depth = depthOf(file.path);
  const dependencies = scopes.flatMap(([key, scope]) => {
    const section = findLine(file, new RegExp(`"${key}"\\s*:`)) ?? 1;
    return Object.entries(record(record(document)[key])).flatMap(([name, version]): readonly Dependency[] => {
      if (!isPackageName(name)) return [];
      const line = findLine(file, new RegExp(`"${escapeForRegExp(name)}"\\s*:`), section);
      if (line === null || typeof version !== 'string') return [];
      return [
        {
          ecosystem: 'node',
          name: name.toLowerCase(),
          version,
          scope,
          depth,
          place: placeOfLine(file, line),
        },
      ];
    });
  });
  const runtimes: RuntimeRequirement[] = [];
  const node = record(record(document)['engines'])['node'];
  const line = findLine(file, /"node"\s*:/, findLine(file, /"engines"\s*:/) ?? 1);
  if (typeof node === 'string' && line !== null)
    runtimes.push({ name: 'node', version: node, depth, confidence: 1, place: placeOfLine(file, line) });
  return { dependencies, runtimes, problems: [] };
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : {};
}
