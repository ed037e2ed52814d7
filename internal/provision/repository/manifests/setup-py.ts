import type { SourceFile } from '../../analysis.ts';
import { depthOf, linesOf, placeOfLine } from '../lines.ts';
import type { Dependency, ManifestContents, RuntimeRequirement } from './dependency.ts';
import { readRequirement } from './python-names.ts';

/** setup.py and setup.cfg, read as text: nothing of a repository is ever run. */
export function readSetup(file: SourceFile): ManifestContents {
  const dependencies: Dependency[] = [];
  const runtimes: RuntimeRequirement[] = [];
  const depth = depthOf(file.path);
  let block: Dependency['scope'] | null = null;
  linesOf(file.text).forEach((text, index) => {
    const place = placeOfLine(file, index + 1);
    const version = /^\s*python_requires\s*=\s*["']?([^"'#]+?)["']?\s*,?\s*\)?\s*$/.exec(text)?.[1];
    if (version !== undefined) runtimes.push({ name: 'python', version, depth, confidence: 1, place });
    const opens = /\b(install_requires|extras_require|tests_require|setup_requires)\s*=\s*(.*)$/.exec(text);
    if (opens !== null)
      block = opens[1] === 'install_requires' ? 'main' : opens[1] === 'extras_require' ? 'extra' : 'dev';
    if (block === null) return;
    const scope = block;
    for (const [, quoted = ''] of text.slice(opens?.index ?? 0).matchAll(/["']([^"']+)["']/g)) {
      const read = readRequirement(quoted);
      if (read !== null) dependencies.push({ ecosystem: 'python', ...read, scope, depth, place });
    }
    // setup.cfg: one a line, indented, without quotes.
    if (file.path.endsWith('.cfg') && opens === null && /^\s+[A-Za-z]/.test(text)) {
      const read = readRequirement(text);
      if (read !== null) dependencies.push({ ecosystem: 'python', ...read, scope, depth, place });
    }
    if (endsBlock(text, opens?.[2])) block = null;
  });
  return { dependencies, runtimes, problems: [] };
}

function endsBlock(text: string, rest: string | undefined): boolean {
  if (rest !== undefined)
    return rest !== '' && !/^[[{(]\s*(?:#.*)?$/.test(rest) && /[\])}]\s*,?\s*$|^[^[{(]/.test(rest);
  return /^\s*[\])}]\s*,?\s*$/.test(text) || /^\S/.test(text);
}
