import type { SourceFile } from '../../analysis.ts';
import { depthOf, linesOf, placeOfLine } from '../lines.ts';
import type { Dependency, ManifestContents, RuntimeRequirement } from './dependency.ts';

export function readGoMod(file: SourceFile): ManifestContents {
  const dependencies: Dependency[] = [];
  const runtimes: RuntimeRequirement[] = [];
  const depth = depthOf(file.path);
  linesOf(file.text).forEach((text, index) => {
    const place = placeOfLine(file, index + 1);
    const version = /^go\s+(\d+(?:\.\d+)*)/.exec(text)?.[1];
    if (version !== undefined) runtimes.push({ name: 'go', version, depth, confidence: 1, place });
    const module = /^(?:require)?\s+([\w.~-]+\.[\w./~-]+)\s+(v[\w.+-]+)(\s*\/\/\s*indirect)?/.exec(text);
    if (module !== null)
      dependencies.push({
        ecosystem: 'go',
        name: (module[1] ?? '').toLowerCase(),
        version: module[2] ?? '',
        scope: module[3] === undefined ? 'main' : 'extra',
        depth,
        place,
      });
  });
  return { dependencies, runtimes, problems: [] };
}
