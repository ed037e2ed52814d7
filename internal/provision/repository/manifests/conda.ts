import type { SourceFile } from '../../analysis.ts';
import { depthOf, linesOf } from '../lines.ts';
import type { Dependency, ManifestContents, RuntimeRequirement } from './dependency.ts';
import { readRequirement } from './python-names.ts';

/** environment.yml, environment.yaml: "- python=3.8.5", "- nvidia::cuda-nvcc=12.1", and what pip is told to install. */
export function readConda(file: SourceFile): ManifestContents {
  const dependencies: Dependency[] = [];
  const runtimes: RuntimeRequirement[] = [];
  const depth = depthOf(file.path);
  let inside = false;
  linesOf(file.text).forEach((text, index) => {
    if (/^[A-Za-z_]+\s*:/.test(text)) inside = /^dependencies\s*:/.test(text);
    const item = /^\s*-\s+["']?(?:[\w./-]+::)?([^"'#:]+?)["']?\s*(?:#.*)?$/.exec(text)?.[1];
    if (!inside || item === undefined) return;
    const place = { file: file.path, line: index + 1, quote: text.trim().replace(/^-\s+/, '').slice(0, 200) };
    const conda = /^([A-Za-z0-9][\w.-]*)\s*(=|[<>!~]=?)?=?\s*([\w.*,<>=]+)?/.exec(item);
    const read =
      conda?.[2] === '=' && !item.includes('==')
        ? { name: (conda[1] ?? '').toLowerCase(), version: `=${(conda[3] ?? '').replace(/=.*$/, '')}` }
        : readRequirement(item);
    if (read === null) return;
    if (read.name === 'python') {
      const version = read.version.replace(/^=+(?=\d)/, '').replace(/\.\*$/, '');
      if (version !== '') runtimes.push({ name: 'python', version, depth, confidence: 1, place });
    } else dependencies.push({ ecosystem: 'python', ...read, scope: 'main', depth, place });
  });
  return { dependencies, runtimes, problems: [] };
}
