import { readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';

export interface BuildInfo {
  readonly version: string;
  /** The commit that was built; null when it was not built from a git checkout. */
  readonly commit: string | null;
  /** ISO time; null when the sources run without a build. */
  readonly buildTime: string | null;
}

/** The project's directory: two levels above this file in the sources, three in dist/. */
const projectDirectory = findProjectDirectory(import.meta.dirname);

const packageSchema = z.object({ version: z.string() });
const buildSchema = z.object({ commit: z.string().nullable(), buildTime: z.string() });

export function readBuildInfo(): BuildInfo {
  const { version } = packageSchema.parse(readJson('package.json'));
  try {
    return { version, ...buildSchema.parse(readJson('dist/build-info.json')) };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return { version, commit: null, buildTime: null };
  }
}

function readJson(file: string): unknown {
  return JSON.parse(readFileSync(path.join(projectDirectory, file), 'utf8')) as unknown;
}

function findProjectDirectory(from: string): string {
  return path.basename(path.dirname(path.dirname(from))) === 'dist'
    ? path.resolve(from, '../../..')
    : path.resolve(from, '../..');
}
