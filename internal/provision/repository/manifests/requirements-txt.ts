import type { SourceFile } from '../../analysis.ts';
import { baseName, depthOf, linesOf } from '../lines.ts';
import type { Dependency, ManifestContents } from './dependency.ts';
import { readRequirement } from './python-names.ts';

/** More lines than any project writes: what follows is left out. */
const mostLines = 20_000;

/** requirements*.txt, also those in requirements/. */
export function readRequirementsTxt(file: SourceFile): ManifestContents {
  const depth = depthOf(file.path);
  const scope = scopeOf(file.path);
  const dependencies = linesOf(file.text)
    .slice(0, mostLines)
    .flatMap((text, index): readonly Dependency[] => {
      const line = text.replace(/(?:^|\s)#.*$/, '').trim();
      const egg = /#egg=([\w-]+)/.exec(text)?.[1];
      if (line.startsWith('-') && egg === undefined) return [];
      const read = readRequirement(egg ?? line);
      if (read === null) return [];
      return [
        {
          ecosystem: 'python',
          ...read,
          scope,
          depth,
          place: { file: file.path, line: index + 1, quote: text.trim().slice(0, 200) },
        },
      ];
    });
  return { dependencies, runtimes: [], problems: [] };
}

function scopeOf(path: string): Dependency['scope'] {
  if (
    /(?:^|\/)(?:docs?|documentation|tests?|ci|benchmarks?|binder|website|tools?|scripts?|\.github)\//i.test(
      path,
    )
  )
    return 'dev';
  const name = baseName(path);
  if (/dev|test|docs?\b|lint|ci\b|readthedocs|build|bench|style|typing/i.test(name)) return 'dev';
  return /^requirements(?:[-_.](?:base|core|main|common|gpu|cuda|runtime|prod\w*))?\.(?:txt|in)$/i.test(
    name,
  ) || /(?:^|\/)requirements\/(?:base|core|main|common|cuda|runtime|prod\w*)\.(?:txt|in)$/i.test(path)
    ? 'main'
    : 'extra';
}
