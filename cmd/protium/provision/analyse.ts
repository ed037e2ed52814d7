import { readFile } from 'node:fs/promises';
import type { Analysis } from '../../../internal/provision/analysis.ts';
import { refineByModel } from '../../../internal/provision/model/refine.ts';
import { analyzeFiles } from '../../../internal/provision/repository/analyze-files.ts';
import { analyzeRepository } from '../../../internal/provision/repository/analyze-repository.ts';
import { readAnalysis } from '../../../internal/provision/run/analysis-schema.ts';
import { asFailure } from '../commands/provision-analyze.ts';
import { Failure } from '../failure.ts';
import type { Session } from '../session.ts';
import { modelOf, type Environment } from './env-file.ts';
import { analyzeTextFile } from './requirement-text.ts';

export interface Source {
  /** A directory or a URL; undefined: none. */
  readonly repository: string | undefined;
  /** A file with requirements in words; `-`: stdin. */
  readonly text: string | undefined;
  /** Of a text with several levels the one that is wanted; null: as it asks itself. */
  readonly level: 'minimum' | 'recommended' | null;
  /** A file with what `provision analyze -o json` has printed; `-`: stdin. */
  readonly analysis: string | undefined;
  /** Nothing is looked at. */
  readonly skip: boolean;
}

/** What the source asks of a machine, and what it is called. Reads files and clones; runs nothing of them. */
export async function analyse(
  session: Pick<Session, 'readStdin'>,
  source: Source,
  environment: Environment,
): Promise<{ readonly analysis: Analysis; readonly label: string }> {
  const { repository, text, analysis: given, skip } = source;
  const said = [repository, text, given].filter((each) => each !== undefined).length;
  if (said > 1 || (said === 0 && !skip)) {
    throw new Failure(
      'usage',
      'For what? A directory or URL, or --text FILE, or --analysis FILE: one of them.',
      {
        exit: 'usage',
      },
    );
  }
  if (skip) return { analysis: analyzeFiles([]), label: repository ?? text ?? given ?? 'nothing' };
  if (given !== undefined) {
    const read = jsonOf(given, await textOf(session, given));
    try {
      return { analysis: readAnalysis(read), label: given };
    } catch (error) {
      return asFailure(error);
    }
  }
  const found =
    text === undefined
      ? await analyzeRepository(repository ?? '').catch(asFailure)
      : await analyzeTextFile(session, text, source.level);
  const model = modelOf(environment);
  return {
    analysis: model === null ? found : await refineByModel(found, model),
    label: repository ?? text ?? '',
  };
}

async function textOf({ readStdin }: Pick<Session, 'readStdin'>, file: string): Promise<string> {
  if (file === '-') return readStdin();
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new Failure('usage', `${file}: ${(error as Error).message}.`, { exit: 'usage', cause: error });
  }
}

function jsonOf(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Failure('usage', `${file} is no JSON.`, { exit: 'usage', cause: error });
  }
}
