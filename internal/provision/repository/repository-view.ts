import type { SourceFile } from '../analysis.ts';
import type { Passage } from './documents/passage.ts';
import { readPassages } from './documents/read-passages.ts';
import { baseName } from './lines.ts';
import type { Dependency, RuntimeRequirement } from './manifests/dependency.ts';
import { readManifest } from './manifests/read-manifest.ts';

/** A repository's files, read once for all rules. */
export interface RepositoryView {
  readonly files: readonly SourceFile[];
  readonly passages: readonly Passage[];
  readonly dependencies: readonly Dependency[];
  readonly runtimes: readonly RuntimeRequirement[];
  /** What could not be read. */
  readonly problems: readonly string[];
}

export function viewOf(files: readonly SourceFile[]): RepositoryView {
  const manifests = files.map(readManifest);
  return {
    files,
    passages: files.filter(({ path }) => isDocument(path)).flatMap(readPassages),
    dependencies: manifests.flatMap(({ dependencies }) => dependencies),
    runtimes: manifests.flatMap(({ runtimes }) => runtimes),
    problems: manifests.flatMap(({ problems }) => problems),
  };
}

function isDocument(path: string): boolean {
  const name = baseName(path);
  return (
    /\.(?:md|rst|markdown|adoc|mdx)$/i.test(name) ||
    (/^(?:readme|install|requirements|building|hacking|usage)(?:\.txt)?$/i.test(name) &&
      !/^requirements\.txt$/i.test(name))
  );
}
