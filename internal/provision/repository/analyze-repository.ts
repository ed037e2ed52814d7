import type { Analysis } from '../analysis.ts';
import { analyzeFiles } from './analyze-files.ts';
import { usualCloneLimits, withClone, type CloneLimits } from './clone.ts';
import { findSources } from './finder.ts';
import { isRepositoryUrl } from './repository-url.ts';

/**
 * What a repository asks of a machine. Nothing of it is run, and no network is used but for the clone of a URL.
 *
 * @param source a directory, or the URL of a git repository
 * @throws ProtiumError `file-not-found`, `argument-invalid`, `download-failed`, `deadline-exceeded`, `unsupported`
 */
export async function analyzeRepository(
  source: string,
  limits: Partial<CloneLimits> = {},
): Promise<Analysis> {
  return isRepositoryUrl(source)
    ? await withClone(source, { ...usualCloneLimits, ...limits }, analyzeDirectory)
    : await analyzeDirectory(source);
}

async function analyzeDirectory(directory: string): Promise<Analysis> {
  const { files, notes } = await findSources(directory);
  const analysis = analyzeFiles(files);
  const none = files.length === 0 ? ['No file was found that says what the repository needs.'] : [];
  return { ...analysis, notes: [...analysis.notes, ...none, ...notes] };
}
