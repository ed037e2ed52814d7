import type { Command } from 'commander';
import { wellKnownImages } from '../../../internal/images/catalogue/well-known.ts';
import type { Analysis } from '../../../internal/provision/analysis.ts';
import { catalogueImage } from '../../../internal/provision/catalogue-image.ts';
import { analyzeRepository } from '../../../internal/provision/repository/analyze-repository.ts';
import { printablePath } from '../../../internal/provision/repository/printable-path.ts';
import { isRepositoryUrl } from '../../../internal/provision/repository/repository-url.ts';
import { ProtiumError } from '../../../internal/errors/protium-error.ts';
import { exitOf } from '../exit-codes.ts';
import { Failure } from '../failure.ts';
import { analysisText } from '../output/analysis-text.ts';
import { levelOption } from '../provision/options.ts';
import { analyzeTextFile } from '../provision/requirement-text.ts';
import type { RunSession, Session } from '../session.ts';

interface AnalyzeOptions {
  readonly ssh?: boolean;
  readonly text?: string;
  readonly level?: 'minimum' | 'recommended';
}

export function addProvisionAnalyzeCommand(provision: Command, run: RunSession): void {
  provision
    .command('analyze')
    .description(
      'show what a repository or a text asks of a machine, and the lines that say so; no daemon is needed',
    )
    .argument('[path|url]', 'the directory of a repository, or the URL of a git repository')
    .option('--text <file>', 'requirements in words instead; -: from stdin')
    .addOption(levelOption())
    .option('--ssh', 'a URL may be one for ssh: your keys are used for the clone')
    .action((source: string | undefined, options: AnalyzeOptions, self: Command) =>
      run(self, async (session) => {
        session.catchInterrupts();
        const found = await analysisOf(session, source, options);
        const image = catalogueImage(found.facts, wellKnownImages);
        const { requirement, facts, notes } = found;
        session.output.object(
          { requirement, facts, image, notes },
          { names: [printablePath(source ?? options.text ?? '')], text: () => analysisText(found, image) },
        );
      }),
    );
}

async function analysisOf(
  session: Session,
  source: string | undefined,
  { ssh = false, text, level }: AnalyzeOptions,
): Promise<Analysis> {
  if ((source === undefined) === (text === undefined)) {
    throw new Failure('usage', 'Of what? A directory or URL, or --text FILE: one of them.', {
      exit: 'usage',
    });
  }
  if (text !== undefined) return analyzeTextFile(session, text, level ?? null);
  const repository = source ?? '';
  if (isRepositoryUrl(repository)) session.output.progress(`Cloning ${repository} ...`);
  return analyzeRepository(repository, { ssh, signal: session.interrupted }).catch(asFailure);
}

/** It is told as the daemon's errors are, though no daemon was asked. */
export function asFailure(error: unknown): never {
  if (!(error instanceof ProtiumError)) throw error;
  const { code, message } = error;
  throw new Failure(code, message, {
    exit: code === 'cancelled' ? 'interrupted' : exitOf(code),
    cause: error,
  });
}
