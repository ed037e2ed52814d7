import { parse } from 'smol-toml';
import type { SourceFile } from '../../analysis.ts';
import { depthOf, escapeForRegExp, findLine, isPackageName, placeOfLine } from '../lines.ts';
import type { Dependency, ManifestContents, RuntimeRequirement } from './dependency.ts';
import { readRequirement } from './python-names.ts';

/** pyproject.toml: PEP 621, dependency groups, Poetry, PDM; Pipfile. */
export function readPyproject(file: SourceFile): ManifestContents {
  let document: Table;
  try {
    document = parse(file.text);
  } catch (error) {
    const reason = error instanceof Error ? (error.message.split('\n')[0] ?? '') : '';
    return {
      dependencies: [],
      runtimes: [],
      problems: [`${file.path} is left out, as it is no TOML: ${reason}`],
    };
  }
  const project = table(document['project']);
  const poetry = table(table(document['tool'])['poetry']);
  const dependencies = [
    ...listed(file, project['dependencies'], 'main'),
    ...Object.entries(table(project['optional-dependencies'])).flatMap(([, list]) =>
      listed(file, list, 'extra'),
    ),
    ...Object.entries(table(document['dependency-groups'])).flatMap(([, list]) => listed(file, list, 'dev')),
    ...keyed(file, poetry['dependencies'], 'main'),
    ...Object.values(table(poetry['group'])).flatMap((group) =>
      keyed(file, table(group)['dependencies'], 'dev'),
    ),
    ...keyed(file, document['packages'], 'main'),
    ...keyed(file, document['dev-packages'], 'dev'),
  ];
  const runtimes: RuntimeRequirement[] = [];
  const versions: readonly (readonly [unknown, RegExp])[] = [
    [project['requires-python'], /^\s*requires-python\s*=/],
    [table(poetry['dependencies'])['python'], /^\s*python\s*=/],
    [table(document['requires'])['python_version'], /^\s*python_version\s*=/],
  ];
  for (const [version, pattern] of versions) {
    const line = findLine(file, pattern);
    if (typeof version === 'string' && line !== null)
      runtimes.push({
        name: 'python',
        version,
        depth: depthOf(file.path),
        confidence: 1,
        place: placeOfLine(file, line),
      });
  }
  return { dependencies, runtimes, problems: [] };
}

type Table = Readonly<Record<string, unknown>>;

function table(value: unknown): Table {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Table) : {};
}

function listed(file: SourceFile, list: unknown, scope: Dependency['scope']): readonly Dependency[] {
  if (!Array.isArray(list)) return [];
  return list.flatMap((text: unknown) => {
    if (typeof text !== 'string') return [];
    const read = readRequirement(text);
    const line = findLine(file, new RegExp(`["']${escapeForRegExp(text.slice(0, 60))}`));
    if (read === null || line === null) return [];
    return [
      { ecosystem: 'python', ...read, scope, depth: depthOf(file.path), place: placeOfLine(file, line) },
    ];
  });
}

function keyed(file: SourceFile, dependencies: unknown, scope: Dependency['scope']): readonly Dependency[] {
  return Object.entries(table(dependencies)).flatMap(([key, value]) => {
    if (!isPackageName(key)) return [];
    const line = findLine(file, new RegExp(String.raw`^\s*["']?${escapeForRegExp(key)}["']?\s*=`));
    if (line === null || key === 'python') return [];
    const wanted = typeof value === 'string' ? value : table(value)['version'];
    return [
      {
        ecosystem: 'python',
        name: key.toLowerCase().replaceAll(/[._]/g, '-'),
        version: typeof wanted === 'string' && wanted !== '*' ? wanted.replaceAll(/\s/g, '') : '',
        scope: table(value)['optional'] === true ? 'extra' : scope,
        depth: depthOf(file.path),
        place: placeOfLine(file, line),
      },
    ];
  });
}
