import { baseName, depthOf } from './lines.ts';

/** What is looked for, in the order in which it is read: when there is no room left, the last ones are left out. */
const kinds: readonly (readonly RegExp[])[] = [
  [/^readme(?:\.(?:md|rst|txt|markdown|adoc))?$/i],
  [
    /^(?:pyproject\.toml|setup\.py|setup\.cfg|pipfile|package\.json|cargo\.toml|go\.mod|pom\.xml|build\.gradle(?:\.kts)?|gemfile|composer\.json|mix\.exs|global\.json|package\.swift|pubspec\.yaml|cmakelists\.txt|makefile)$/i,
    /^(?:conda[-_.]?)?env(?:ironment)?[\w.-]*\.ya?ml$/i,
    /requirements?[-_\w.]*\.(?:txt|in)$/i,
    /^(?:docker|container)file(?:[.-].*)?$|\.dockerfile$/i,
    /^(?:docker-)?compose(?:[.-][\w.-]+)?\.ya?ml$/i,
    /^devcontainer\.json$/i,
    /^(?:\.python-version|\.nvmrc|\.node-version|\.ruby-version|\.java-version|\.go-version|\.tool-versions|rust-toolchain(?:\.toml)?|runtime\.txt)$/i,
    /^(?:build\.sbt|meson\.build|build\.zig|configure\.ac)$/i,
  ],
  [
    /^(?:install(?:ation|ing)?|requirements|building|getting[-_]?started|quick[-_]?start|set[-_]?up|prerequisites|system[-_]?requirements|hardware|usage)[\w-]*(?:\.(?:md|rst|mdx|adoc|txt))?$/i,
  ],
  [/min[-_]?requirements?[\w-]*\.sh$|^check[-_]requirements?[\w-]*\.sh$/i],
  [/\.cuh?$/i],
];

export const deepest = 3;

/** Below 0: not of interest. Lower is read first. */
export function rankOf(path: string): number {
  const name = baseName(path);
  const depth = depthOf(path);
  if (depth > deepest) return -1;
  const kind = kinds.findIndex((patterns) => patterns.some((pattern) => pattern.test(name)));
  const page = kind === -1 && isPageOfInstallation(path);
  const list = kind === -1 && /(?:^|\/)requirements\/[\w.-]+\.(?:txt|in)$/i.test(path);
  if (kind === -1 && !page && !list) return -1;
  return depth * 10 + (page ? 2 : list ? 1 : kind);
}

function isPageOfInstallation(path: string): boolean {
  return (
    /^(?:docs?|documentation|website|site)\//i.test(path) &&
    /(?:install|require|prerequisite|getting[-_]?started|quick[-_]?start|set[-_]?up|hardware|dependenc)[\w.-]*\.(?:md|rst|mdx|adoc)$/i.test(
      path,
    )
  );
}

/** Folders that are never gone into. */
export function isSkippedFolder(name: string): boolean {
  return /^(?:\.git|node_modules|vendor|third[-_]?party|external|deps|\.venv|venv|__pycache__|target|dist|build|\.tox|site-packages)$/i.test(
    name,
  );
}
