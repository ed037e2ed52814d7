import type { SourceFile } from '../../analysis.ts';
import { baseName } from '../lines.ts';
import { readCargoToml } from './cargo-toml.ts';
import { readConda } from './conda.ts';
import { nothing, type ManifestContents } from './dependency.ts';
import { readGoMod } from './go-mod.ts';
import { readJavaBuild } from './java-build.ts';
import { readPackageJson } from './package-json.ts';
import { readPyproject } from './pyproject.ts';
import { readRequirementsTxt } from './requirements-txt.ts';
import { readSetup } from './setup-py.ts';
import { isVersionFile, readVersionFile } from './version-files.ts';

const readers: readonly (readonly [name: RegExp, read: (file: SourceFile) => ManifestContents])[] = [
  [/^(?:pyproject\.toml|pipfile)$/, readPyproject],
  [/^setup\.(?:py|cfg)$/, readSetup],
  [/^(?:conda[-_.]?)?env(?:ironment)?[\w.-]*\.ya?ml$/, readConda],
  [/^package\.json$/, readPackageJson],
  [/^cargo\.toml$/, readCargoToml],
  [/^go\.mod$/, readGoMod],
  [/^(?:pom\.xml|build\.gradle(?:\.kts)?)$/, readJavaBuild],
];

/** What a manifest asks for; of a file that is none, nothing. */
export function readManifest(file: SourceFile): ManifestContents {
  const name = baseName(file.path).toLowerCase();
  if (isVersionFile(file.path)) return readVersionFile(file);
  if (isRequirementsTxt(file.path)) return readRequirementsTxt(file);
  const reader = readers.find(([pattern]) => pattern.test(name));
  return reader === undefined ? nothing : reader[1](file);
}

export function isRequirementsTxt(path: string): boolean {
  return (
    /(?:^|[-_./])requirements?[-_\w.]*\.(?:txt|in)$/i.test(path) ||
    /(?:^|\/)requirements\/[\w.-]+\.(?:txt|in)$/i.test(path)
  );
}
