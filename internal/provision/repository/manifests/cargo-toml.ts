import type { SourceFile } from '../../analysis.ts';
import { depthOf, linesOf, placeOfLine } from '../lines.ts';
import type { Dependency, ManifestContents, RuntimeRequirement } from './dependency.ts';

/** Cargo.toml, line by line: its tables are flat, and each value has its line. */
export function readCargoToml(file: SourceFile): ManifestContents {
  const dependencies: Dependency[] = [];
  const runtimes: RuntimeRequirement[] = [];
  const depth = depthOf(file.path);
  let section = '';
  linesOf(file.text).forEach((text, index) => {
    const header = /^\s*\[+([^\]]+)\]+/.exec(text)?.[1];
    if (header !== undefined) {
      section = header.trim();
      const named = /(?:^|\.)((?:dev-|build-)?dependencies)\.([\w-]+)$/.exec(section);
      if (named !== null) add(named[2] ?? '', '', named[1] === 'dependencies' ? 'main' : 'dev', index);
      return;
    }
    const pair = /^\s*([\w-]+)(?:\.workspace)?\s*=\s*(.*)$/.exec(text);
    if (pair === null) return;
    const [, key = '', value = ''] = pair;
    const version = /"([^"]+)"/.exec(value)?.[1] ?? '';
    if (key === 'rust-version' && section.endsWith('package') && version !== '')
      runtimes.push({ name: 'rust', version, depth, confidence: 1, place: placeOfLine(file, index + 1) });
    const table = /(?:^|\.)((?:dev-|build-)?dependencies)$/.exec(section)?.[1];
    if (table === undefined) return;
    const scope =
      table !== 'dependencies'
        ? 'dev'
        : /optional\s*=\s*true/.test(value) || section.startsWith('workspace')
          ? 'extra'
          : 'main';
    add(key, version, scope, index);
  });
  function add(name: string, version: string, scope: Dependency['scope'], index: number): void {
    dependencies.push({
      ecosystem: 'rust',
      name,
      version,
      scope,
      depth,
      place: placeOfLine(file, index + 1),
    });
  }
  return { dependencies, runtimes, problems: [] };
}
