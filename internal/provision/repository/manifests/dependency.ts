import type { Place } from '../clue.ts';

/** What a manifest asks for. */
export interface Dependency {
  readonly ecosystem: 'python' | 'node' | 'rust' | 'go';
  /** Lower case; of Python with "-". */
  readonly name: string;
  /** ">=2.6": as it stands there; '' where any will do. */
  readonly version: string;
  /** main: it does not run without; extra: asked for by name of a feature; dev: of tests, documentation, examples. */
  readonly scope: 'main' | 'extra' | 'dev';
  /** Folders below the root of its manifest. */
  readonly depth: number;
  readonly place: Place;
}

/** A version of an interpreter or a compiler that a manifest asks for. */
export interface RuntimeRequirement {
  readonly name: string;
  readonly version: string;
  readonly depth: number;
  /** Less than that of the manifest that publishes it: .python-version, runtime.txt. */
  readonly confidence: number;
  readonly place: Place;
}

export interface ManifestContents {
  readonly dependencies: readonly Dependency[];
  readonly runtimes: readonly RuntimeRequirement[];
  /** What could not be read, for people. */
  readonly problems: readonly string[];
}

export const nothing: ManifestContents = { dependencies: [], runtimes: [], problems: [] };
