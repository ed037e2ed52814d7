import { readFileSync } from 'node:fs';
import path from 'node:path';

/** A package as package-lock.json has it. */
export interface LockedPackage {
  /** Its folder, e.g. `node_modules/execa`. */
  readonly folder: string;
  readonly version?: string;
  readonly resolved?: string;
  readonly integrity?: string;
  readonly license?: string;
  readonly dev?: boolean;
  readonly link?: boolean;
  readonly hasInstallScript?: boolean;
}

const project = path.resolve(import.meta.dirname, '../../..');

export function lockedPackages(): readonly LockedPackage[] {
  const lock = JSON.parse(readFileSync(path.join(project, 'package-lock.json'), 'utf8')) as {
    readonly packages: Readonly<Record<string, Omit<LockedPackage, 'folder'>>>;
  };
  return Object.entries(lock.packages).flatMap(([folder, each]) =>
    folder === '' ? [] : [{ folder, ...each }],
  );
}

/** The licence that an installed package names; null: it is not installed here (it is for another system), or names none. */
export function installedLicence(folder: string): string | null {
  try {
    const text = readFileSync(path.join(project, folder, 'package.json'), 'utf8');
    const { license } = JSON.parse(text) as { readonly license?: unknown };
    return typeof license === 'string' ? license : null;
  } catch {
    return null;
  }
}
